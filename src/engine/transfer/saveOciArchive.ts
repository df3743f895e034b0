import { blobPath } from '../archive/ociArchive.ts';
import { tarEnd, tarFile, tarHeaderBlock, tarPadding } from '../archive/tarBlocks.ts';
import { throwIfCancelled } from '../errors.ts';
import { storedDocuments } from '../images/storedDocuments.ts';
import { type ImageHome, storedImages } from '../images/storedImages.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import { mediaType } from '../oci/mediaType.ts';
import { platformToJson } from '../oci/platform.ts';
import { canonicalReference } from '../oci/reference.ts';
import { annotation } from '../store/entries.ts';
import { type ChosenImage, chooseForSave } from './chooseForSave.ts';

/**
 * The tar of an OCI image layout with the images: manifests and layers byte for byte as the store has them, so that
 * digests stay. Names are chosen as for a docker-archive and written in full. The same images give the same bytes.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
 * @throws as `saveImages`
 */
export async function* saveOciArchive(
  home: ImageHome,
  names: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chosen = chooseForSave(await storedImages(home, signal), names);
  await using lease = await home.store.lease(signal);
  const blobs = new Map<string, Descriptor>();
  for (const { image } of chosen) {
    await lease.add([image.manifest.digest], signal);
    for (const blob of await blobsOf(home, image, signal)) blobs.set(blob.digest, blob);
  }
  await lease.add(
    [...blobs.values()].map(({ digest }) => digest),
    signal,
  );
  yield* tarFile('oci-layout', json({ imageLayoutVersion: '1.0.0' }));
  yield* tarFile('index.json', json(indexOf(chosen)));
  for (const blob of [...blobs.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1))) {
    throwIfCancelled(signal);
    yield tarHeaderBlock({ path: blobPath(blob.digest), size: blob.size });
    yield* (await home.store.fetch(blob, undefined, signal)) as AsyncIterable<Uint8Array>;
    yield tarPadding(blob.size);
  }
  yield tarEnd;
}

/** Every layer verified, so that nothing is written of an archive that could not be finished. */
async function blobsOf(
  home: ImageHome,
  image: ChosenImage['image'],
  signal?: AbortSignal,
): Promise<readonly Descriptor[]> {
  const { manifest, config } = await storedDocuments(home, image, signal);
  for (const [position, layer] of manifest.layers.entries()) {
    await home.indexes.verify(layer, config.diffIds[position], signal);
  }
  return [image.manifest, manifest.config, ...manifest.layers];
}

function indexOf(chosen: readonly ChosenImage[]): object {
  const rows = chosen.flatMap(({ image, tags }) => {
    const row = { ...plainDescriptor(image.manifest), platform: platformToJson(image.platform) };
    if (tags.length === 0) return [row];
    return tags.map((tag) => ({ ...row, annotations: { [annotation.refName]: canonicalReference(tag) } }));
  });
  return { schemaVersion: 2, mediaType: mediaType.ociIndex, manifests: rows };
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
