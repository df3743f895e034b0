import assert from 'node:assert/strict';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { canonicalReference, parseReference } from '../../../src/engine/oci/reference.ts';
import type { StoredImageFacts, StoreEntry } from '../../../src/engine/store/entries.ts';
import { nameImage } from '../../../src/engine/transfer/nameImage.ts';

function facts(seed: string): StoredImageFacts {
  return {
    manifest: {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: digestOf(`manifest ${seed}`),
      size: 10,
    },
    platform: { os: 'linux', architecture: 'amd64' },
    id: digestOf(seed),
    size: 1,
  };
}

/** What a person would see: names by image, in order. */
function summary(entries: readonly StoreEntry[]): readonly string[] {
  return entries.map(
    ({ descriptor, name, repoDigests }) =>
      `${seedOf(descriptor.digest)} ${name ?? '-'} [${repoDigests.map((known) => seedOf(known.digest)).join(' ')}]`,
  );
}

const seeds = new Map(
  ['amd64', 'arm64', 'new', 'index', 'index2'].map((seed) => [digestOf(`manifest ${seed}`), seed]),
);
const seedOf = (digest: ReturnType<typeof digestOf>) => seeds.get(digest) ?? digest;
const index = digestOf('manifest index');
const index2 = digestOf('manifest index2');
const tag = parseReference('alpine');
const latest = canonicalReference(tag);

describe('nameImage', () => {
  it('gives a new image its tag and the digest of its index', () => {
    const { entries, changed } = nameImage([], facts('amd64'), tag, index);
    assert.deepEqual(summary(entries), [`amd64 ${latest} [index]`]);
    assert.equal(changed, true);
  });

  it('changes nothing where the tag still names the same', () => {
    const first = nameImage([], facts('amd64'), tag, index);
    const second = nameImage(first.entries, facts('amd64'), tag, index);
    assert.equal(second.changed, false);
    assert.equal(second.entries, first.entries);
  });

  it('keeps the old digest with the old image where a tag has moved', () => {
    const first = nameImage([], facts('amd64'), tag, index);
    const { entries, changed } = nameImage(first.entries, facts('new'), tag, index2);
    assert.deepEqual(summary(entries), ['amd64 - [index]', `new ${latest} [index2]`]);
    assert.equal(changed, true);
  });

  it('leaves an image of another platform of the same index without any name', () => {
    const first = nameImage([], facts('amd64'), tag, index);
    const { entries } = nameImage(first.entries, facts('arm64'), tag, index);
    assert.deepEqual(summary(entries), ['amd64 - []', `arm64 ${latest} [index]`]);
  });

  it('gives an image pulled by digest no tag, also where one was written beside it', () => {
    const reference = parseReference(`alpine:3.19@${index}`);
    const { entries, changed } = nameImage([], facts('amd64'), reference, index);
    assert.deepEqual(summary(entries), ['amd64 - [index]']);
    assert.equal(changed, true);
    assert.equal(nameImage(entries, facts('amd64'), reference, index).changed, false);
  });
});
