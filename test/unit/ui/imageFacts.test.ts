import assert from 'node:assert/strict';
import type { ImageLayer } from '../../../src/engine/image.ts';
import { type Digest, digestOf } from '../../../src/engine/oci/digest.ts';
import { imageFacts } from '../../../src/ui/panels/layers/imageFacts.ts';
import { listedImage } from '../../support/listedImage.ts';

describe('what the Layers page is told of an image', () => {
  it('says of which layers nobody vouches for the list of files', () => {
    const [read, vouched, unvouched] = [digestOf('read'), digestOf('vouched'), digestOf('unvouched')];
    const image = listedImage({ name: 'web' });
    const subject = { manifest: image.manifest.digest, name: 'acme/web' };
    const { layers } = imageFacts(subject, image, [read, vouched, unvouched].map(layerOf), [
      { layer: vouched, verified: true },
      { layer: unvouched, verified: false },
    ]);
    assert.deepEqual(
      layers.map(({ digest, filesVerified }) => [digest, filesVerified]),
      [
        [read, true],
        [vouched, true],
        [unvouched, false],
      ],
    );
  });
});

function layerOf(digest: Digest, index: number): ImageLayer {
  const descriptor = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: 1 };
  const changes = { added: 1, modified: 0, removed: 0, wastedBytes: 0 };
  return { index, descriptor, diffId: digest, createdBy: '', empty: false, ...changes };
}
