import type { Descriptor } from '../oci/descriptor.ts';
import type { DiffId } from '../oci/digest.ts';
import type { ImageConfig } from '../oci/imageConfig.ts';
import type { TaggedReference } from '../oci/reference.ts';
import type { ArchiveFile } from './archiveFile.ts';

export interface ArchiveDocument {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface ArchiveLayer {
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
  readonly file: ArchiveFile;
}

/** One image of an archive, for one platform. Its layers have not been read yet. */
export interface ArchiveImage {
  readonly manifest: ArchiveDocument;
  /** Its digest is the image ID. */
  readonly config: ArchiveDocument;
  readonly facts: ImageConfig;
  /** Lowest first. */
  readonly layers: readonly ArchiveLayer[];
  /** What it is to be called. */
  readonly tags: readonly TaggedReference[];
  /** What the archive calls it, as it stands there, where that is no full reference. */
  readonly name?: string;
  /** Whether the manifest was made here, since the archive has none: layers may be replaced by equal ones then. */
  readonly generated: boolean;
}
