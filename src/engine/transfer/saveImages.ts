import { tarEnd, tarFile, tarHeaderBlock, tarPadding } from '../archive/tarBlocks.ts';
import { throwIfCancelled } from '../errors.ts';
import { storedDocuments } from '../images/storedDocuments.ts';
import { type ImageHome, storedImages } from '../images/storedImages.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type DiffId, type Digest, digestHex } from '../oci/digest.ts';
import { maxConfigBytes } from '../oci/imageConfig.ts';
import { familiarName, familiarReference } from '../oci/reference.ts';
import { type ChosenImage, chooseForSave } from './chooseForSave.ts';
import { layerTar } from './layerTar.ts';

interface SavedLayer {
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
  /** Of the tar, bytes. */
  readonly size: number;
}

interface SavedImage extends ChosenImage {
  readonly id: Digest;
  readonly config: Uint8Array;
  readonly layers: readonly SavedLayer[];
}

/**
 * A docker-archive of the images, as `docker save` writes it: every name given is a name in it, an ID gives an image
 * without one, a repository gives all its tags. Lists and configs come first, so that whoever reads it from a pipe knows
 * what follows; a layer of several images comes once. The same images and names give the same bytes.
 * @throws `NotFound`, `Ambiguous`, `Invalid`, and what verifying the layers throws, before the first byte;
 *   `DigestMismatch` and `Corrupt` where a layer changes while it is read: the archive is not to be used then
 */
export async function* saveImages(
  home: ImageHome,
  names: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chosen = chooseForSave(await storedImages(home, signal), names);
  await using lease = await home.store.lease(signal);
  await lease.add(
    chosen.map(({ image }) => image.manifest.digest),
    signal,
  );
  const images: SavedImage[] = [];
  for (const choice of chosen) images.push(await readImage(home, choice, signal));
  await lease.add(
    images.flatMap(({ id, layers }) => [id, ...layers.map(({ descriptor }) => descriptor.digest)]),
    signal,
  );
  yield* writeArchive(home, images, signal);
}

/** Every layer is verified here, so that nothing is written of an archive that could not be finished. */
async function readImage(home: ImageHome, choice: ChosenImage, signal?: AbortSignal): Promise<SavedImage> {
  const documents = await storedDocuments(home, choice.image, signal);
  const { manifest, config } = documents;
  const layers: SavedLayer[] = [];
  for (const [position, diffId] of config.diffIds.entries()) {
    const descriptor = manifest.layers[position];
    if (!descriptor) throw new RangeError(`no layer ${position}`);
    layers.push({
      descriptor,
      diffId,
      size: await home.indexes.uncompressedSize(descriptor, diffId, signal),
    });
  }
  const bytes = await home.store.readBlob(manifest.config, maxConfigBytes, signal);
  return { ...choice, id: manifest.config.digest, config: bytes, layers };
}

async function* writeArchive(
  home: ImageHome,
  images: readonly SavedImage[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* tarFile('manifest.json', jsonBytes(images.map(listRow)));
  const repositories = repositoriesOf(images);
  if (repositories) yield* tarFile('repositories', jsonBytes(repositories));
  for (const { id, config } of images) yield* tarFile(configPath(id), config);
  const layers = new Map(images.flatMap((image) => image.layers.map((layer) => [layer.diffId, layer])));
  for (const [, { descriptor, diffId, size }] of [...layers].sort(([a], [b]) => (a < b ? -1 : 1))) {
    throwIfCancelled(signal);
    yield tarHeaderBlock({ path: `${digestHex(diffId)}/`, size: 0 });
    yield tarHeaderBlock({ path: layerPath(diffId), size });
    yield* layerTar(home.store, descriptor, diffId, size, signal);
    yield tarPadding(size);
  }
  yield tarEnd;
}

function listRow({ id, tags, layers }: SavedImage): object {
  return {
    Config: configPath(id),
    RepoTags: tags.length === 0 ? null : tags.map(familiarReference),
    Layers: layers.map(({ diffId }) => layerPath(diffId)),
  };
}

/** Names to top layers, for readers of the format before Docker 1.10 had lists. */
function repositoriesOf(images: readonly SavedImage[]): object | undefined {
  const rows = images.flatMap(({ tags, layers }) => {
    const top = layers.at(-1);
    return top
      ? tags.map((tag) => ({ name: familiarName(tag), tag: tag.tag, layer: digestHex(top.diffId) }))
      : [];
  });
  if (rows.length === 0) return undefined;
  const repositories: Record<string, Record<string, string>> = {};
  for (const { name, tag, layer } of rows.sort(byName)) {
    repositories[name] = { ...repositories[name], [tag]: layer };
  }
  return repositories;
}

function byName(a: { readonly name: string; readonly tag: string }, b: typeof a): number {
  return `${a.name}:${a.tag}` < `${b.name}:${b.tag}` ? -1 : 1;
}

function configPath(id: Digest): string {
  return `${digestHex(id)}.json`;
}

function layerPath(diffId: DiffId): string {
  return `${digestHex(diffId)}/layer.tar`;
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
