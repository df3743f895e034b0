import assert from 'node:assert/strict';
import type { StoredImage } from '../../../src/engine/image.ts';
import { joinById, joinedWith } from '../../../src/engine/images/joinById.ts';
import { familiarReference } from '../../../src/engine/oci/reference.ts';
import { listedImage } from '../../support/listedImage.ts';

const plain = listedImage({ name: 'plain', tags: ['acme/plain:1'] });
const first = listedImage({ name: 'first', tags: ['acme/web:old'], repositories: ['acme/web'] });
const other = listedImage({ name: 'second', tags: ['acme/web:new', 'acme/app'], repositories: ['acme/web'] });
/** Another manifest of the same image. */
const second: StoredImage = { ...other, id: first.id };

function names({ manifest, tags, repoDigests }: StoredImage): object {
  const digests = repoDigests.map(({ digest }) => digest);
  return { manifest: manifest.digest, tags: tags.map(familiarReference), digests };
}

const joined = {
  manifest: first.manifest.digest,
  tags: ['acme/app:latest', 'acme/web:new', 'acme/web:old'],
  digests: [first, second].flatMap(({ repoDigests }) => repoDigests.map(({ digest }) => digest)).sort(),
};

describe('manifests of one ID, as Docker has them', () => {
  it('are one image with all their names, and the first manifest', () => {
    assert.deepEqual(joinById([first, second, plain]).map(names), [joined, names(plain)]);
    assert.deepEqual(joinById([plain, first, second]).map(names), [names(plain), joined]);
  });

  it('change nothing of a list without them', () => {
    const images = [first, plain];
    assert.equal(joinById(images), images);
    assert.deepEqual(joinById([]), []);
  });

  it('lend their names to one that is looked at by itself', () => {
    const itself = joinedWith(second, [plain, first, second]);
    assert.deepEqual(names(itself), { ...joined, manifest: second.manifest.digest });
    assert.equal(joinedWith(plain, [plain, first, second]), plain);
  });
});
