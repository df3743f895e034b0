import type { Digest, DigestAlgorithm } from '../oci/digest.ts';
import type { Compression } from '../oci/mediaType.ts';

/** A file within an archive, wherever its bytes are now. */
export interface ArchiveFile {
  /** Bytes. */
  readonly size: number;
  /** How its bytes are packed, by its first ones. */
  compression(): Promise<Compression>;
  /** Of its bytes; costs a reading where it is not known yet. */
  digest(algorithm: DigestAlgorithm, signal?: AbortSignal): Promise<Digest>;
  /** The whole of it. @throws `TooLarge` */
  read(maxBytes: number, what: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Makes the path a file of these bytes, which cannot be read here afterwards. False where they were not kept. */
  moveTo?(path: string): Promise<boolean>;
}

/** An archive's files by name, links followed. */
export interface ArchiveFiles {
  /** @throws `Corrupt` where links lead in a circle */
  find(path: string): ArchiveFile | undefined;
}
