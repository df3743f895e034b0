import assert from 'node:assert/strict';
import type { StoredImage } from '../../../src/engine/image.ts';
import {
  createdSince,
  type ImageRowOptions,
  imageRows,
  imageTableCells,
  imageTableHeader,
} from '../../../src/engine/listing/imageRows.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { parseName, withDigest, withTag } from '../../../src/engine/oci/reference.ts';

const one = digestOf('one');
const two = digestOf('two');
const now = Date.UTC(2026, 0, 31);

interface Names {
  readonly tags?: readonly string[];
  /** `name one` or `name two` */
  readonly digests?: readonly string[];
}

function image({ tags = [], digests = [] }: Names): StoredImage {
  return {
    id: digestOf('config'),
    manifest: { mediaType: mediaType.ociManifest, digest: one, size: 100 },
    tags: tags.map((text) => withTag(parseName(text), parseName(text).tag ?? '')),
    repoDigests: digests.map((text) => {
      const [name = '', which] = text.split(' ');
      return withDigest(parseName(name), which === 'one' ? one : two);
    }),
    platform: { os: 'linux', architecture: 'amd64' },
    created: new Date(now - 3 * 24 * 3_600_000),
    size: 7_340_000,
  };
}

describe('the rows of image ls', () => {
  const cases: readonly [what: string, names: Names, options: ImageRowOptions, rows: readonly string[]][] = [
    ['a tag makes a row', { tags: ['alpine:3.20'], digests: ['alpine one'] }, {}, ['alpine 3.20']],
    ['each tag makes a row', { tags: ['alpine:3', 'alpine:3.20'] }, {}, ['alpine 3', 'alpine 3.20']],
    ['an image without a name is dangling', {}, {}, ['<none> <none>']],
    ['a repository that has a digest only makes a row', { digests: ['alpine one'] }, {}, ['alpine <none>']],
    ['several digests make one row', { digests: ['alpine one', 'alpine two'] }, {}, ['alpine <none>']],
    [
      'a repository of digests beside one of tags',
      { tags: ['acme/app:1'], digests: ['acme/app one', 'mirror.test/app one'] },
      {},
      ['acme/app 1', 'mirror.test/app <none>'],
    ],
    [
      'every digest of a tag makes a row with --digests',
      { tags: ['alpine:3'], digests: ['alpine one', 'alpine two'] },
      { digests: true },
      [`alpine 3 ${one}`, `alpine 3 ${two}`],
    ],
    [
      'every digest without a tag makes a row with --digests',
      { digests: ['alpine one', 'alpine two'] },
      { digests: true },
      [`alpine <none> ${one}`, `alpine <none> ${two}`],
    ],
    ['a tag without a digest', { tags: ['app:1'] }, { digests: true }, ['app 1 <none>']],
    ['a pattern picks repositories', { tags: ['alpine:3', 'busybox:1'] }, { pattern: 'alp*' }, ['alpine 3']],
    ['a pattern picks tags', { tags: ['alpine:3', 'alpine:4'] }, { pattern: 'alpine:4' }, ['alpine 4']],
    ['a pattern leaves dangling images out', {}, { pattern: '*' }, []],
    ['a pattern stops at slashes', { tags: ['acme/app:1'] }, { pattern: '*' }, []],
    [
      'a pattern with a tag does not fit digests',
      { tags: ['alpine:3'], digests: ['alpine one'] },
      { pattern: 'alpine:3', digests: true },
      ['alpine 3 <none>'],
    ],
  ];
  for (const [what, names, options, rows] of cases) {
    it(`${what}: ${rows.join('; ') || 'nothing'}`, () => {
      const cells = imageRows([image(names)], options).map((row) => {
        const [repository, tag, digest] = imageTableCells(row, { digests: true });
        return options.digests ? `${repository} ${tag} ${digest}` : `${repository} ${tag}`;
      });
      assert.deepEqual(cells, rows);
    });
  }

  it('have Docker’s cells', () => {
    const [row] = imageRows([image({ tags: ['alpine:3'] })]);
    assert.ok(row);
    const id = digestOf('config');
    assert.deepEqual(imageTableHeader(), ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE']);
    assert.deepEqual(imageTableCells(row, { now }), [
      'alpine',
      '3',
      id.slice('sha256:'.length, 'sha256:'.length + 12),
      '3 days ago',
      '7.34MB',
    ]);
    assert.equal(imageTableCells(row, { now, fullIds: true })[2], id);
  });

  it('say N/A for an image without a date, or with Go’s zero time', () => {
    assert.equal(createdSince(undefined, now), 'N/A');
    assert.equal(createdSince(new Date('0001-01-01T00:00:00Z'), now), 'N/A');
    assert.equal(createdSince(new Date(0), now), '56 years ago');
  });
});
