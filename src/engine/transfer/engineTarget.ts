import type { Readable } from 'node:stream';
import { ImageArchive } from '../archive/imageArchive.ts';
import type { DockerEngine } from '../dockerEngine/dockerEngine.ts';
import { type EngineImage, imageId } from '../dockerEngine/engineImage.ts';
import { EngineError, isEngineError, throwIfCancelled } from '../errors.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import { type Digest, isDigest } from '../oci/digest.ts';
import { isIndexMediaType, isManifestMediaType } from '../oci/mediaType.ts';
import { canonicalReference, parseReference, type TaggedReference } from '../oci/reference.ts';
import type { ByteRange, Target } from '../target.ts';

/** The manifest of one image, and the archive that it is in. */
interface ReceivedImage {
  readonly id: Digest;
  readonly manifest: Descriptor;
  readonly archive: ImageArchive;
}

/**
 * The images of a Docker engine. Its API gives an image as one archive and in no other way, so that is what the first look
 * into an image costs: a temporary copy, kept until this is disposed of. Names are canonical references. An engine with
 * Docker's own store keeps no manifest; the one seen here depends on nothing but config and layers.
 *
 * There is no `push`: an engine takes nothing but whole archives, see `DockerEngine.load`.
 */
export class EngineTarget implements Target, AsyncDisposable {
  readonly label: string;
  readonly #engine: DockerEngine;
  readonly #received = new Map<Digest, Promise<ReceivedImage>>();

  constructor(engine: DockerEngine) {
    this.label = `the Docker engine ${engine.endpoint.name}`;
    this.#engine = engine;
  }

  async resolve(name: string, signal?: AbortSignal): Promise<Descriptor> {
    throwIfCancelled(signal);
    const own = isDigest(name)
      ? await this.#holding(({ manifest }) => manifest.digest === name, signal)
      : undefined;
    if (own) return own.manifest;
    const id = await this.#idOf(name, signal);
    return (await this.receive(id, signal)).manifest;
  }

  async fetch(descriptor: Descriptor, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    throwIfCancelled(signal);
    const holder = await this.#holderOf(descriptor, signal);
    if (holder) return holder.archive.fetch(descriptor, range, signal);
    throw new EngineError('NotFound', `${this.label} has no blob ${descriptor.digest}`, {
      reference: descriptor.digest,
    });
  }

  async exists(descriptor: Descriptor, signal?: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal);
    const holder = await this.#holderOf(descriptor, signal);
    return (await holder?.archive.exists(descriptor, signal)) ?? false;
  }

  async tag(descriptor: Descriptor, name: string, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const tag = taggedName(name);
    const image = await this.#holding(({ manifest }) => manifest.digest === descriptor.digest, signal);
    if (image) return this.#engine.tag(image.id, tag, signal);
    throw new EngineError('NotFound', `${this.label} has no image ${descriptor.digest}`, {
      reference: descriptor.digest,
    });
  }

  async *list(signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    throwIfCancelled(signal);
    for (const { tags } of await this.#engine.images(signal)) yield* tags.map(canonicalReference);
  }

  /** The image's archive, asked for once. @throws `NotFound`, `Corrupt`, `Io`, … */
  receive(id: Digest, signal?: AbortSignal): Promise<ReceivedImage> {
    const received = this.#received.get(id) ?? this.#receive(id, signal);
    this.#received.set(id, received);
    received.catch(() => this.#received.delete(id));
    return received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const received = await Promise.allSettled(this.#received.values());
    this.#received.clear();
    for (const one of received)
      if (one.status === 'fulfilled') await one.value.archive[Symbol.asyncDispose]();
  }

  async #receive(id: Digest, signal?: AbortSignal): Promise<ReceivedImage> {
    const archive = await ImageArchive.receive(this.label, this.#engine.save([id], signal), signal);
    const [manifest] = archive.descriptors();
    if (manifest) return { id, manifest: plainDescriptor(manifest), archive };
    await archive[Symbol.asyncDispose]();
    throw new EngineError('Corrupt', `${this.label} gave an archive without an image for ${id}`);
  }

  /** @throws `NotFound` also for a name that the engine cannot have */
  async #idOf(name: string, signal?: AbortSignal): Promise<Digest> {
    try {
      const { Id } = await this.#engine.inspect(name, signal);
      return imageId(Id, 'Id');
    } catch (error) {
      if (!isEngineError(error, 'Invalid')) throw error;
      throw new EngineError('NotFound', `${this.label} has no ${name}`, { reference: name }, error);
    }
  }

  #holderOf(descriptor: Descriptor, signal?: AbortSignal): Promise<ReceivedImage | undefined> {
    const { digest } = descriptor;
    const isDocument = isManifestMediaType(descriptor.mediaType) || isIndexMediaType(descriptor.mediaType);
    const has = ({ archive }: ReceivedImage) => archive.has({ digest });
    return this.#holding(has, signal, isDocument ? undefined : digest);
  }

  /**
   * The image that has something: one that is here already, else one of the engine's, each of which is received.
   * @param blob a config or layer, which the engine may tell without that
   */
  async #holding(
    has: (image: ReceivedImage) => boolean | Promise<boolean>,
    signal?: AbortSignal,
    blob?: Digest,
  ): Promise<ReceivedImage | undefined> {
    const images = await this.#engine.images(signal);
    const there = new Set(images.map(({ id }) => id));
    const ids = [...this.#received.keys()].filter((id) => there.has(id));
    const others = images.filter(({ id }) => !this.#received.has(id));
    for (const id of [...ids, ...(await this.#candidates(others, blob, signal))]) {
      const image = await this.receive(id, signal);
      if (await has(image)) return image;
    }
    return undefined;
  }

  /** Images that may have the blob. Where layers are kept packed, only their archives tell. */
  async #candidates(
    images: readonly EngineImage[],
    blob: Digest | undefined,
    signal?: AbortSignal,
  ): Promise<readonly Digest[]> {
    const ids = images.map(({ id }) => id);
    if (blob === undefined || ids.includes(blob)) return blob === undefined ? ids : [blob];
    const candidates: Digest[] = [];
    for (const id of ids) {
      const document = await this.#engine.inspect(id, signal);
      if (mayHold(document.RootFS, blob)) candidates.push(id);
    }
    return candidates.length > 0 ? candidates : ids;
  }
}

function mayHold(rootFs: unknown, blob: Digest): boolean {
  return JSON.stringify(rootFs ?? null).includes(blob);
}

/** @throws `Invalid` */
function taggedName(name: string): TaggedReference {
  const reference = parseReference(name);
  if (reference.tag !== undefined && reference.digest === undefined)
    return { ...reference, tag: reference.tag };
  throw new EngineError('Invalid', `${JSON.stringify(name)} is no name with a tag`);
}
