import { isEngineError } from '../errors.ts';
import type { RemoteImage, RemotePlatform } from '../image.ts';
import { runnableManifests } from '../oci/choosePlatform.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import { type ImageConfig, parseImageConfig } from '../oci/imageConfig.ts';
import { type Index, type Manifest, parseManifest } from '../oci/manifest.ts';
import { isImageConfigMediaType } from '../oci/mediaType.ts';
import { bestMatch, type Platform } from '../oci/platform.ts';

export type Emit = (snapshot: RemoteImage) => void;

/** Gives a document's bytes, or `undefined` where they are not at hand and must not be asked for. */
export type ReadDocument = (
  descriptor: Descriptor,
  kind: 'manifest' | 'config',
) => Promise<Uint8Array | undefined>;

/**
 * Fills in what the descriptor of `image` leads to, emitting a fuller snapshot after each step: platforms, then the
 * config and size for the wanted platform, then (with `allSizes`) the sizes of the others.
 */
export async function describeImage(
  image: RemoteImage,
  wanted: Platform,
  read: ReadDocument,
  allSizes: boolean,
  emit: Emit,
): Promise<void> {
  const bytes = await read(image.descriptor, 'manifest');
  if (!bytes) return;
  const value = parseManifest(bytes, image.descriptor.mediaType);
  if (value.kind === 'manifest') emit(await describeManifest(image, value, read));
  else await describeIndex(image, value, wanted, read, allSizes, emit);
}

async function describeManifest(
  image: RemoteImage,
  manifest: Manifest,
  read: ReadDocument,
): Promise<RemoteImage> {
  // A signature, a chart: nothing that runs on a platform.
  if (!isImageConfigMediaType(manifest.config.mediaType)) return { ...image, platforms: [] };
  const config = await readConfig(manifest, read);
  if (!config) return image;
  const chosen = { platform: config.platform, manifest: image.descriptor, ...measure(manifest) };
  return { ...image, platforms: [chosen], chosen, config };
}

async function describeIndex(
  image: RemoteImage,
  index: Index,
  wanted: Platform,
  read: ReadDocument,
  allSizes: boolean,
  emit: Emit,
): Promise<void> {
  const platforms: RemotePlatform[] = runnableManifests(index).map((entry) => ({
    platform: entry.platform,
    manifest: plainDescriptor(entry),
  }));
  let latest: RemoteImage = { ...image, platforms: [...platforms] };
  emit(latest);
  const chosen = bestMatch(platforms, wanted) ?? platforms[0];
  if (!chosen) return;
  const first = platforms.indexOf(chosen);
  const manifest = await readManifest(chosen, read);
  if (manifest) {
    const sized = { ...chosen, ...measure(manifest) };
    platforms[first] = sized;
    const config = await readConfig(manifest, read);
    latest = { ...latest, platforms: [...platforms], chosen: sized, ...(config && { config }) };
    emit(latest);
  }
  if (!allSizes) return;
  await Promise.all(
    platforms.map(async (platform, position) => {
      if (position !== first) platforms[position] = await sizedOrNot(platform, read);
    }),
  );
  emit({ ...latest, platforms });
}

/** A size more or less must not cost the whole answer: a platform that cannot be read now stays without. */
async function sizedOrNot(platform: RemotePlatform, read: ReadDocument): Promise<RemotePlatform> {
  try {
    const manifest = await readManifest(platform, read);
    return manifest ? { ...platform, ...measure(manifest) } : platform;
  } catch (error) {
    if (isEngineError(error, 'NotFound', 'RateLimited', 'Corrupt', 'Unsupported')) return platform;
    throw error;
  }
}

async function readManifest({ manifest }: RemotePlatform, read: ReadDocument): Promise<Manifest | undefined> {
  const bytes = await read(manifest, 'manifest');
  const value = bytes && parseManifest(bytes, manifest.mediaType);
  return value?.kind === 'manifest' ? value : undefined;
}

async function readConfig({ config }: Manifest, read: ReadDocument): Promise<ImageConfig | undefined> {
  if (!isImageConfigMediaType(config.mediaType)) return undefined;
  const bytes = await read(config, 'config');
  return bytes && parseImageConfig(bytes);
}

function measure({ layers }: Manifest): { readonly size: number; readonly layers: number } {
  return { size: layers.reduce((sum, { size }) => sum + size, 0), layers: layers.length };
}
