import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { EngineError, ioError, throwIfCancelled } from '../errors.ts';
import type { FileSection } from '../layers/layerJob.ts';
import { type Descriptor, descriptorFromJson } from '../oci/descriptor.ts';
import { type Digest, digestAlgorithm, digestOf, isDigest } from '../oci/digest.ts';
import { maxManifestBytes, parseManifest } from '../oci/manifest.ts';
import { canonicalOrUndefined, canonicalReference } from '../oci/reference.ts';
import { streamSection } from '../streamSection.ts';
import type { ByteRange, Target } from '../target.ts';
import type { ArchiveImage } from './archiveImage.ts';
import { readDockerArchive } from './dockerArchive.ts';
import { blobPath, ociList, ociMarker, readOciRows } from './ociArchive.ts';
import { openTar, receiveTar } from './openTar.ts';
import { type TarFile, TarSection } from './tarFile.ts';

/** Which of the two lists of images is read; Docker writes both since version 25. */
export type ArchiveKind = 'docker-archive' | 'oci-archive';

/** A blob by its digest, its size checked where known. */
type BlobName = Pick<Descriptor, 'digest'> & Partial<Pick<Descriptor, 'size'>>;

const refName = 'org.opencontainers.image.ref.name';

/** Where a blob's bytes are: in the tar, or made here. */
type Blob = { readonly section: FileSection } | { readonly bytes: Uint8Array };

/**
 * The images of an archive, read where they are: of a tar that is a file nothing is unpacked. One that is compressed, or
 * a pipe, is kept as a temporary file until this is disposed of. Names are canonical references in a docker-archive, and
 * what `index.json` says in an OCI archive.
 */
export class ImageArchive implements Target, AsyncDisposable {
  readonly label: string;
  readonly #tar: TarFile;
  readonly #close: () => Promise<void>;
  readonly #blobs = new Map<Digest, Blob>();
  #rows: readonly unknown[] = [];

  private constructor(path: string, tar: TarFile, close: () => Promise<void>) {
    this.label = path;
    this.#tar = tar;
    this.#close = close;
  }

  /** @throws `Unsupported` where it is no archive of the kind, `Corrupt`, `DigestMismatch`, `TooLarge`, `Io`, `Cancelled` */
  static async open(path: string, kind: ArchiveKind, signal?: AbortSignal): Promise<ImageArchive> {
    const { tar, close } = await openTar(path, signal);
    const archive = new ImageArchive(path, tar, close);
    return archive.#read(kind, signal);
  }

  /**
   * An archive that comes as a stream, kept as a temporary file. Of one with both lists the OCI layout is read, as its
   * manifests are the images' own.
   * @param label of where it comes from, for messages
   * @throws as {@link open}, and what the stream throws
   */
  static async receive(
    label: string,
    bytes: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<ImageArchive> {
    const { tar, close } = await receiveTar(label, bytes, signal);
    const archive = new ImageArchive(label, tar, close);
    return archive.#read(tar.find(ociList) && tar.find(ociMarker) ? 'oci-archive' : 'docker-archive', signal);
  }

  /** A row of `index.json` each, or what would be one: an image, its name in `org.opencontainers.image.ref.name`. */
  get rows(): readonly unknown[] {
    return this.#rows;
  }

  /** Of the images, each with its name, if it has one, in `org.opencontainers.image.ref.name`. */
  descriptors(): readonly Descriptor[] {
    return this.#rows.map((row, index) => descriptorFromJson(row, `${this.label}[${index}]`));
  }

  /** The tar that has the layers, for who reads them. */
  blobPath(_digest: Digest): string {
    return this.#tar.path;
  }

  blobSection(digest: Digest): FileSection | undefined {
    const blob = this.#find(digest);
    return blob && 'section' in blob ? blob.section : undefined;
  }

  /** The whole blob, verified. @throws `NotFound`, `TooLarge`, `DigestMismatch`, `Io`, `Cancelled` */
  async read(blob: BlobName, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { digest } = blob;
    throwIfCancelled(signal);
    const found = this.#require(blob);
    const bytes =
      'bytes' in found
        ? found.bytes
        : await new TarSection(this.#tar.path, found.section).read(maxBytes, `the document ${digest}`);
    const actual = digestOf(bytes, digestAlgorithm(digest));
    if (actual === digest) return bytes;
    throw mismatch(digest, digest, actual);
  }

  async has(blob: BlobName): Promise<boolean> {
    const found = this.#find(blob.digest);
    return found !== undefined && (blob.size === undefined || blob.size === sizeOf(found));
  }

  async resolve(name: string, signal?: AbortSignal): Promise<Descriptor> {
    throwIfCancelled(signal);
    const named = this.descriptors().find((descriptor) => answersTo(descriptor, name));
    if (named) return named;
    if (isDigest(name) && this.#find(name)) {
      const bytes = await this.read({ digest: name }, maxManifestBytes, signal);
      return { mediaType: parseManifest(bytes).mediaType, digest: name, size: bytes.length };
    }
    throw new EngineError('NotFound', `${this.label} has no ${name}`, { reference: name });
  }

  async fetch(descriptor: Descriptor, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    throwIfCancelled(signal);
    const found = this.#require(descriptor);
    if ('bytes' in found) return Readable.from([part(found.bytes, range)], { objectMode: false });
    const file = await open(this.#tar.path, 'r').catch((error: unknown) => {
      throw ioError(error, `cannot read ${this.label}`);
    });
    return streamSection(file, descriptor.digest, found.section, range, signal);
  }

  async exists(descriptor: Descriptor, signal?: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal);
    return this.has(descriptor);
  }

  async *list(signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    throwIfCancelled(signal);
    for (const { annotations } of this.descriptors()) {
      const name = annotations?.[refName];
      if (name !== undefined) yield name;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #read(kind: ArchiveKind, signal?: AbortSignal): Promise<this> {
    try {
      await (kind === 'oci-archive' ? this.#readOci(signal) : this.#readDocker(signal));
      return this;
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  async #readOci(signal?: AbortSignal): Promise<void> {
    this.#rows = await readOciRows(this.#tar, signal);
    this.descriptors();
  }

  async #readDocker(signal?: AbortSignal): Promise<void> {
    const images = await readDockerArchive(this.#tar, new Map(), signal);
    for (const image of images) this.#keep(image);
    this.#rows = images.flatMap(rowsOf);
  }

  #keep({ manifest, config, layers }: ArchiveImage): void {
    for (const { descriptor, bytes } of [manifest, config]) this.#blobs.set(descriptor.digest, { bytes });
    for (const { descriptor, file } of layers) {
      if (file instanceof TarSection) this.#blobs.set(descriptor.digest, { section: file.section });
    }
  }

  #find(digest: Digest): Blob | undefined {
    return this.#blobs.get(digest) ?? this.#tar.find(blobPath(digest));
  }

  #require({ digest, size }: BlobName): Blob {
    const found = this.#find(digest);
    if (!found) {
      throw new EngineError('NotFound', `${this.label} has no blob ${digest}`, { reference: digest });
    }
    const actual = sizeOf(found);
    if (size === undefined || size === actual) return found;
    throw mismatch(digest, `${size} bytes`, `${actual} bytes`);
  }
}

function sizeOf(blob: Blob): number {
  return 'bytes' in blob ? blob.bytes.length : blob.section.size;
}

function part(bytes: Uint8Array, range: ByteRange | undefined): Uint8Array {
  if (!range) return bytes;
  if (range.offset > bytes.length) {
    throw new EngineError('Invalid', `the range begins at byte ${range.offset} of ${bytes.length}`);
  }
  return bytes.subarray(range.offset, range.length === undefined ? undefined : range.offset + range.length);
}

function answersTo({ digest, annotations }: Descriptor, wanted: string): boolean {
  const name = annotations?.[refName];
  return (
    digest === wanted || (name !== undefined && (name === wanted || name === canonicalOrUndefined(wanted)))
  );
}

function rowsOf({ manifest, tags }: ArchiveImage): readonly unknown[] {
  const names = tags.length === 0 ? [undefined] : tags.map(canonicalReference);
  return names.map((name) => ({
    ...manifest.descriptor,
    ...(name !== undefined && { annotations: { [refName]: name } }),
  }));
}

function mismatch(digest: Digest, expected: string, actual: string): EngineError {
  return new EngineError('DigestMismatch', `the archive's ${digest} is ${actual} instead of ${expected}`, {
    reference: digest,
    expected,
    actual,
  });
}
