import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { imageHistory } from '../../../src/engine/images/imageHistory.ts';
import type { ImageHome } from '../../../src/engine/images/storedImages.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { parseName, withTag } from '../../../src/engine/oci/reference.ts';

interface Step {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/** An image of these steps and so many layers, the first of 100 bytes, the second of 200, and its home. */
function sample(history: readonly Step[], layerCount: number) {
  const digests = Array.from({ length: layerCount }, (_, at) => digestOf(`layer ${at}`));
  const blobs = new Map<string, Buffer>();
  const blob = (type: string, value: unknown) => {
    const bytes = Buffer.from(JSON.stringify(value));
    blobs.set(digestOf(bytes), bytes);
    return { mediaType: type, digest: digestOf(bytes), size: bytes.length };
  };
  const platform = { os: 'linux', architecture: 'amd64' };
  const config = blob(mediaType.ociConfig, {
    ...platform,
    rootfs: { type: 'layers', diff_ids: digests },
    history,
  });
  const layers = digests.map((digest) => ({ mediaType: mediaType.ociLayer, digest, size: 1 }));
  const manifest = blob(mediaType.ociManifest, { schemaVersion: 2, config, layers });
  const home = {
    store: { readBlob: async ({ digest }: { digest: string }) => blobs.get(digest) },
    indexes: {
      contentSize: async ({ digest }: { digest: string }) => (digests.map(String).indexOf(digest) + 1) * 100,
    },
  } as unknown as ImageHome;
  const tags = [withTag(parseName('app'), '1')];
  return { home, image: { id: config.digest, manifest, tags, repoDigests: [], platform, size: 0 } };
}

describe('the history of an image', () => {
  it('has the last step first, with the image’s ID and tags', async () => {
    const { home, image } = sample(
      [
        { created: '2026-01-01T00:00:00Z', created_by: 'ADD', comment: 'first' },
        { created_by: 'ENV', empty_layer: true },
        { created_by: 'RUN' },
        { empty_layer: true },
      ],
      2,
    );
    const step = { comment: '', tags: [] };
    assert.deepEqual(await imageHistory(home, image), [
      { ...step, createdBy: '', size: 0, empty: true, id: image.id, tags: image.tags },
      { ...step, createdBy: 'RUN', size: 200, empty: false },
      { ...step, createdBy: 'ENV', size: 0, empty: true },
      {
        ...step,
        created: new Date('2026-01-01T00:00:00Z'),
        createdBy: 'ADD',
        size: 100,
        comment: 'first',
        empty: false,
      },
    ]);
  });

  it('leaves out layers that no step accounts for', async () => {
    const { home, image } = sample([{ created_by: 'ADD' }], 2);
    assert.deepEqual(
      (await imageHistory(home, image)).map(({ size }) => size),
      [100],
    );
    const silent = sample([], 1);
    assert.deepEqual(await imageHistory(silent.home, silent.image), []);
  });

  it('is refused where it tells of more layers than there are', async () => {
    const { home, image } = sample([{ created_by: 'ADD' }, { created_by: 'RUN' }], 1);
    await assert.rejects(imageHistory(home, image), (error) => isEngineError(error, 'Corrupt'));
  });
});
