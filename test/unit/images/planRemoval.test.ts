import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import type { StoredImage } from '../../../src/engine/image.ts';
import { planRemoval } from '../../../src/engine/images/planRemoval.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { familiarReference, parseReference, withDigest, withTag } from '../../../src/engine/oci/reference.ts';

function image(seed: string, tags: readonly string[], repositories: readonly string[] = []): StoredImage {
  const digest = digestOf(`manifest ${seed}`);
  return {
    id: digestOf(seed),
    manifest: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 },
    tags: tags.map((text) => {
      const reference = parseReference(text);
      return withTag(reference, reference.tag ?? '');
    }),
    repoDigests: repositories.map((name) => withDigest(parseReference(name), digest)),
    platform: { os: 'linux', architecture: 'amd64' },
    size: 1,
  };
}

const a = image('a', ['alpine:latest', 'alpine:3.19'], ['alpine']);
const b = image('b', ['busybox:latest'], ['busybox']);
const c = image('c', ['acme/web:1', 'registry.test/web:1'], ['acme/web', 'registry.test/web']);
const byDigest = image('d', [], ['debian']);
const dangling = image('e', []);
const named = image('f', [`${digestOf('f').slice(7, 11)}:latest`]);
const all = [a, b, c, byDigest, dangling, named];
const digestName = (text: string, { manifest }: StoredImage) => `${text}@${manifest.digest}`;

const cases: readonly {
  readonly what: string;
  readonly name: string;
  readonly force?: boolean;
  readonly untagged: readonly string[];
  readonly deleted: boolean;
}[] = [
  { what: 'one of two tags', name: 'alpine:3.19', untagged: ['alpine:3.19'], deleted: false },
  {
    what: 'the only tag, with the digest of its repository',
    name: 'busybox',
    untagged: ['busybox:latest', digestName('busybox', b)],
    deleted: true,
  },
  {
    what: 'the tag of one of two repositories',
    name: 'acme/web:1',
    untagged: ['acme/web:1', digestName('acme/web', c)],
    deleted: false,
  },
  {
    what: 'a digest, while tags are left',
    name: digestName('alpine', a),
    untagged: [digestName('alpine', a)],
    deleted: false,
  },
  {
    what: 'the digest that an image was pulled by',
    name: digestName('debian', byDigest),
    untagged: [digestName('debian', byDigest)],
    deleted: true,
  },
  {
    what: 'an ID of one tag and its digest',
    name: b.id,
    untagged: ['busybox:latest', digestName('busybox', b)],
    deleted: true,
  },
  {
    what: 'a digest beside a tag that it does not have, by the digest',
    name: `debian:9@${byDigest.manifest.digest}`,
    untagged: [digestName('debian', byDigest)],
    deleted: true,
  },
  {
    what: 'a name that begins the image’s own ID, as that ID',
    name: named.id.slice(7, 11),
    untagged: [`${named.id.slice(7, 11)}:latest`],
    deleted: true,
  },
  { what: 'a short ID of a dangling image', name: dangling.id.slice(7, 19), untagged: [], deleted: true },
  {
    what: 'an ID of several repositories, forced',
    name: c.id,
    force: true,
    untagged: [
      'acme/web:1',
      digestName('acme/web', c),
      'registry.test/web:1',
      digestName('registry.test/web', c),
    ],
    deleted: true,
  },
];

describe('planRemoval', () => {
  for (const { what, name, force = false, untagged, deleted } of cases) {
    it(`removes by ${what}`, () => {
      const plan = planRemoval(all, name, force);
      assert.deepEqual(plan.untagged.map(familiarReference), untagged);
      assert.equal(plan.deleted, deleted);
    });
  }

  for (const [what, { id }] of [
    ['several repositories', c],
    ['several tags', a],
  ] as const) {
    it(`refuses an ID of ${what} without force, in Docker’s words`, () => {
      assert.throws(
        () => planRemoval(all, id, false),
        (error) =>
          isEngineError(error, 'Conflict') &&
          error.message ===
            `conflict: unable to delete ${id.slice(7, 19)} (must be forced) - image is referenced in multiple repositories`,
      );
    });
  }

  it('says what is not there as Docker does, as it was written', () => {
    assert.throws(
      () => planRemoval(all, 'nope', false),
      (error) => isEngineError(error, 'NotFound') && error.message === 'No such image: nope',
    );
  });

  it('takes no name at all for an image that is not there', () => {
    assert.throws(
      () => planRemoval(all, '', false),
      (error) => isEngineError(error, 'NotFound'),
    );
  });

  it('refuses the beginning of several IDs', () => {
    const twins = [
      image('twin 1', []),
      image('twin 2', []),
      ...Array.from({ length: 40 }, (_, n) => image(`t${n}`, [])),
    ];
    const prefixes = twins.map(({ id }) => id.slice(7, 8));
    const shared = prefixes.find((prefix, at) => prefixes.indexOf(prefix) !== at);
    assert.ok(shared);
    assert.throws(
      () => planRemoval(twins, shared, false),
      (error) => isEngineError(error, 'Ambiguous'),
    );
  });
});
