import type { Blob, BuiltManifest } from './imageBuilder.ts';
import type { RegistryStorage } from './registryStorage.ts';
import type { SampleImage } from './sampleImages.ts';

/** Adds what is missing; a tag that is there already stays where it points. */
export async function fillStorage(storage: RegistryStorage, images: readonly SampleImage[]): Promise<void> {
  for (const { repository, tags, image, referrers = [] } of images) {
    for (const manifest of image.manifests) await addManifest(storage, repository, manifest);
    for (const referrer of referrers) await addManifest(storage, repository, referrer, referrer.tag);
    await put(storage, repository, image);
    for (const tag of tags) {
      if ((await storage.tagDigest(repository, tag)) === undefined)
        await put(storage, repository, image, tag);
    }
  }
}

async function addManifest(
  storage: RegistryStorage,
  repository: string,
  manifest: BuiltManifest,
  tag?: string,
) {
  for (const { bytes } of manifest.blobs) await storage.addBlob(repository, bytes);
  await put(storage, repository, manifest, tag);
}

function put(storage: RegistryStorage, repository: string, { descriptor, bytes }: Blob, tag?: string) {
  return storage.putManifest(
    repository,
    { digest: descriptor.digest, mediaType: descriptor.mediaType, bytes },
    tag,
  );
}
