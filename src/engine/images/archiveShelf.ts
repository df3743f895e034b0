import type { ImageArchive } from '../archive/imageArchive.ts';
import { throwIfCancelled } from '../errors.ts';
import type { LayerHome } from '../layers/layerIndexes.ts';
import type { FileSection } from '../layers/layerJob.ts';
import type { Digest } from '../oci/digest.ts';
import { entryFromJson, type StoreEntry } from '../store/entries.ts';
import { type ImageDocuments, readImageDocuments } from '../store/imageFacts.ts';
import type { ImageShelf } from './storedImages.ts';

/** An archive as a place whose images are read like a store's. */
export class ArchiveShelf implements ImageShelf, LayerHome {
  readonly directory: string;
  readonly #archive: ImageArchive;

  constructor(archive: ImageArchive) {
    this.directory = archive.label;
    this.#archive = archive;
  }

  async entries(signal?: AbortSignal): Promise<readonly StoreEntry[]> {
    throwIfCancelled(signal);
    return this.#archive.rows.map((row, index) => entryFromJson(row, `${this.directory}[${index}]`));
  }

  async describe(entry: StoreEntry, signal?: AbortSignal): Promise<ImageDocuments | undefined> {
    return readImageDocuments(this.#archive, entry.descriptor, signal);
  }

  readBlob: ImageShelf['readBlob'] = (blob, maxBytes, signal) => this.#archive.read(blob, maxBytes, signal);

  blobPath(digest: Digest): string {
    return this.#archive.blobPath(digest);
  }

  blobSection(digest: Digest): FileSection | undefined {
    return this.#archive.blobSection(digest);
  }

  /** Indexes of what is only read are kept elsewhere. */
  get cacheDirectory(): string {
    return this.directory;
  }
}
