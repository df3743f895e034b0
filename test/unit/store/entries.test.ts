import assert from 'node:assert/strict';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { parseReference, type TaggedReference } from '../../../src/engine/oci/reference.ts';
import {
  addRepoDigest,
  annotation,
  canonicalTag,
  entryFromJson,
  type RepoDigest,
  removeImage,
  removeRepoDigest,
  type StoredImageFacts,
  type StoreEntry,
  tagImage,
  untag,
} from '../../../src/engine/store/entries.ts';

const nothing: readonly StoreEntry[] = [];

function image(seed: string): StoredImageFacts {
  return {
    manifest: { mediaType: mediaType.ociManifest, digest: digestOf(seed), size: seed.length },
    platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
    id: digestOf(`config of ${seed}`),
    created: new Date('2024-05-06T07:08:09.010Z'),
    size: 4711,
  };
}

function tag(text: string): TaggedReference {
  return parseReference(text) as TaggedReference;
}

function repoDigest(text: string): RepoDigest {
  return parseReference(`${text}@${digestOf(text)}`) as RepoDigest;
}

/** `a=app:1` a tagged entry of image a, `a` an untagged one. */
function shown(entries: readonly StoreEntry[], ...seeds: string[]): string[] {
  return entries.map(({ descriptor, name }) => {
    const seed = seeds.find((text) => digestOf(text) === descriptor.digest) ?? '?';
    return name === undefined ? seed : `${seed}=${name.replace('docker.io/library/', '')}`;
  });
}

describe('an edit of the list of images', () => {
  const a = image('a');
  const b = image('b');

  it('tags an image, with what listing needs to know of it', () => {
    const [entry] = tagImage(nothing, a, tag('app:1'));
    assert.ok(entry);
    assert.deepEqual(entry.json, {
      mediaType: mediaType.ociManifest,
      digest: digestOf('a'),
      size: 1,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      annotations: {
        [annotation.refName]: 'docker.io/library/app:1',
        [annotation.imageId]: digestOf('config of a'),
        [annotation.created]: '2024-05-06T07:08:09.010Z',
        [annotation.size]: '4711',
      },
    });
    assert.deepEqual(entry.reference, tag('app:1'));
    assert.deepEqual([entry.imageId, entry.created, entry.size], [a.id, a.created, 4711]);
  });

  const cases: readonly (readonly [
    string,
    (entries: readonly StoreEntry[]) => readonly StoreEntry[],
    string[],
  ])[] = [
    [
      'a second tag is a second entry',
      (e) => tagImage(tagImage(e, a, tag('app:1')), a, tag('app:2')),
      ['a=app:1', 'a=app:2'],
    ],
    [
      'a moved tag leaves its image untagged',
      (e) => tagImage(tagImage(e, a, tag('app:1')), b, tag('app:1')),
      ['a', 'b=app:1'],
    ],
    [
      'a moved tag leaves nothing untagged where another tag has the image',
      (e) => tagImage(tagImage(tagImage(e, a, tag('app:1')), a, tag('app:2')), b, tag('app:1')),
      ['a=app:2', 'b=app:1'],
    ],
    [
      'an untagged image takes its entry along when tagged again',
      (e) => tagImage(tagImage(tagImage(e, a, tag('app:1')), b, tag('app:1')), a, tag('app:2')),
      ['a=app:2', 'b=app:1'],
    ],
    [
      'the last tag taken away leaves the image',
      (e) => untag(tagImage(e, a, tag('app:1')), tag('app:1')),
      ['a'],
    ],
    [
      'one of two tags taken away leaves the other',
      (e) => untag(tagImage(tagImage(e, a, tag('app:1')), a, tag('app:2')), tag('app:1')),
      ['a=app:2'],
    ],
    [
      'removing an image takes all its tags',
      (e) =>
        removeImage(
          tagImage(tagImage(tagImage(e, a, tag('app:1')), a, tag('app:2')), b, tag('b')),
          a.manifest.digest,
        ),
      ['b=b:latest'],
    ],
    [
      'an image known by digest alone is there without a tag',
      (e) => addRepoDigest(e, a, repoDigest('app')),
      ['a'],
    ],
    [
      'an image known by digest that gets a tag is one entry',
      (e) => tagImage(addRepoDigest(e, a, repoDigest('app')), a, tag('app')),
      ['a=app:latest'],
    ],
  ];
  for (const [behaviour, edit, expected] of cases) {
    it(behaviour, () => assert.deepEqual(shown(edit(nothing), 'a', 'b'), expected));
  }

  it('gives back the very same list where nothing changes', () => {
    const list = addRepoDigest(tagImage(nothing, a, tag('app:1')), a, repoDigest('app'));
    assert.equal(tagImage(list, a, tag('app:1')), list);
    assert.equal(untag(list, tag('other')), list);
    assert.equal(removeImage(list, digestOf('other')), list);
    assert.equal(addRepoDigest(list, a, repoDigest('app')), list);
    assert.equal(removeRepoDigest(list, a.manifest.digest, repoDigest('other')), list);
  });

  it('leaves the list it was given alone', () => {
    const list = tagImage(nothing, a, tag('app:1'));
    const before = JSON.stringify(list);
    tagImage(list, b, tag('app:1'));
    assert.equal(JSON.stringify(list), before);
  });

  it('keeps repo digests on every tag of an image, and on what is left of them', () => {
    let list = addRepoDigest(nothing, a, repoDigest('app'));
    list = tagImage(list, a, tag('app:1'));
    list = tagImage(list, a, tag('app:2'));
    list = addRepoDigest(list, a, repoDigest('mirror'));
    const both = [repoDigest('app'), repoDigest('mirror')];
    assert.deepEqual(
      list.map(({ repoDigests }) => repoDigests),
      [both, both],
    );
    list = tagImage(untag(list, tag('app:1')), b, tag('app:2'));
    assert.deepEqual(list[0]?.repoDigests, both);
    list = removeRepoDigest(list, a.manifest.digest, repoDigest('app'));
    assert.deepEqual(list[0]?.repoDigests, [repoDigest('mirror')]);
  });

  it('keeps fields and annotations that are not ours', () => {
    const foreign = entryFromJson(
      {
        ...a.manifest,
        data: 'e30=',
        x: { y: 1 },
        annotations: { 'com.example': 'kept', [annotation.refName]: 'v1' },
      },
      'entry',
    );
    const list = tagImage([foreign], a, tag('app:1'));
    assert.deepEqual(list[0], foreign);
    assert.deepEqual(shown(list, 'a'), ['a=v1', 'a=app:1']);
    const untagged = tagImage(
      [{ ...entryFromJson({ ...foreign.json, annotations: { 'com.example': 'kept' } }, 'e') }],
      a,
      tag('b'),
    );
    assert.equal(untagged[0]?.json.data, 'e30=');
    assert.equal(untagged[0]?.descriptor.annotations?.['com.example'], 'kept');
  });
});

describe('an entry that another tool wrote', () => {
  const plain = { mediaType: mediaType.ociManifest, digest: digestOf('x'), size: 1 };

  it('has a reference only where its name is one in full', () => {
    const names: readonly (readonly [string, boolean])[] = [
      ['docker.io/library/alpine:3.19', true],
      ['localhost:5000/a/b:c', true],
      ['[::1]:5000/a:b', true],
      ['alpine:3.19', false],
      ['latest', false],
      ['docker.io/alpine:3', false],
      ['docker.io/library/alpine', false],
      ['docker.io/library/Alpine:3', false],
      [`docker.io/library/alpine:3@${digestOf('x')}`, false],
      ['docker.io/library/alpine:.3', false],
      ['docker.io/library/alpine:3\n', false],
      ['', false],
      [' ', false],
    ];
    for (const [name, isReference] of names) {
      assert.equal(canonicalTag(name) !== undefined, isReference, JSON.stringify(name));
      assert.equal(entryFromJson({ ...plain, annotations: { [annotation.refName]: name } }, 'e').name, name);
    }
  });

  it('has no facts where our annotations are nonsense', () => {
    const { imageId, created, size, repoDigests } = entryFromJson(
      {
        ...plain,
        annotations: {
          [annotation.imageId]: 'sha256:../../etc/passwd',
          [annotation.created]: 'yesterday',
          [annotation.size]: '-1',
          [annotation.repoDigests]: `nonsense docker.io/library/a@sha256:12 docker.io/library/a@${digestOf('q')}`,
        },
      },
      'e',
    );
    assert.deepEqual([imageId, created, size], [undefined, undefined, undefined]);
    assert.deepEqual(repoDigests, [
      { registry: 'docker.io', repository: 'library/a', digest: digestOf('q') },
    ]);
  });
});
