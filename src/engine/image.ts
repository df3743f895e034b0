import type { Descriptor } from './oci/descriptor.ts';
import type { DiffId, Digest } from './oci/digest.ts';
import type { ImageConfig } from './oci/imageConfig.ts';
import type { Platform } from './oci/platform.ts';
import type { Reference, TaggedReference } from './oci/reference.ts';
import type { ReferrerKind } from './oci/referrerKind.ts';

/** An image in the store: one manifest, under any number of tags. */
export interface StoredImage {
  /** The image ID: the config's digest. */
  readonly id: Digest;
  /** What names its bytes, and nothing else. */
  readonly manifest: Descriptor;
  /** Sorted by canonical form; none where the image is dangling or was pulled by digest. */
  readonly tags: readonly TaggedReference[];
  /** What the registries call it, by digest (the index's where it came through one), as Docker's RepoDigests. */
  readonly repoDigests: readonly (Reference & { readonly digest: Digest })[];
  readonly platform: Platform;
  readonly created?: Date | undefined;
  /** Bytes of the files of all layers, unpacked: Docker's SIZE. */
  readonly size: number;
}

/** The image under these names alone. */
export function withNames(
  { id, manifest, platform, created, size }: StoredImage,
  { tags, repoDigests }: Pick<StoredImage, 'tags' | 'repoDigests'>,
): StoredImage {
  return { id, manifest, tags, repoDigests, platform, created, size };
}

/** An image whose layers can be looked into: one of the store, of an archive, or in a registry. */
export type ReadableImage = Omit<StoredImage, 'size'>;

/** How far the reading of an image that is not here is. */
export interface ReadingProgress {
  /** Layers that had to be read, and those of them that have been. */
  readonly layers: number;
  readonly done: number;
  /** Bytes of them that have come, and that there are. */
  readonly received: number;
  readonly total: number;
}

/** A layer that is known by its table of contents alone. */
export interface ListedTable {
  readonly layer: Digest;
  /** Whether the image's manifest vouches for the table. */
  readonly verified: boolean;
}

/** What a registry says of a reference now, as far as it has been asked. */
export interface RemoteImage {
  readonly reference: Reference;
  /** Of the index, or of the manifest where there is no index. */
  readonly descriptor: Descriptor;
  /** When the registry last gave this answer for the tag. */
  readonly lookedUp: Date;
  /** Known once the index (or the lone manifest and its config) has been read; attestations left out. */
  readonly platforms?: readonly RemotePlatform[];
  /** Of the image that the asked-for platform runs. */
  readonly config?: ImageConfig;
  /** The platform that `config` is for. */
  readonly chosen?: RemotePlatform;
  /** Other tags of the repository known to name the same digest. */
  readonly aliases?: readonly string[];
}

export interface RemotePlatform {
  readonly platform: Platform;
  readonly manifest: Descriptor;
  /** Bytes of the layers as distributed (compressed); known once the platform's manifest has been read. */
  readonly size?: number;
  readonly layers?: number;
}

/** A manifest in an image's repository that says something of it: a signature, a bill of materials, an attestation. */
export interface Referrer {
  /** As far as its types tell; `attestation` may hold a bill of materials and more (see {@link ReferrerPart}). */
  readonly kind: ReferrerKind;
  readonly descriptor: Descriptor;
  /** Of the index or manifest that it speaks of. */
  readonly subject: Digest;
  /** Where the subject is one platform's manifest. */
  readonly platform?: Platform;
  readonly artifactType?: string;
  /** What its statement is about, a URI, where that is known without reading it. */
  readonly predicateType?: string;
  readonly created?: Date;
  /** It names the image as its subject; cosign's tag says so; or the image's own index does, as BuildKit writes it. */
  readonly foundBy: 'subject' | 'tag' | 'index';
}

/** A document that a referrer carries. */
export interface ReferrerPart {
  readonly kind: ReferrerKind;
  readonly descriptor: Descriptor;
  readonly predicateType?: string;
}

/** A document of a referrer, to be read by a person. */
export interface ReferrerText {
  /** As it is, but JSON is laid out on lines, and the payload of a signed envelope stands there in the clear. */
  readonly text: string;
  readonly language: 'json' | 'xml' | 'plaintext';
}

/** One step of an image's history with the layer it made, if it made one. Lowest first. */
export interface ImageLayer {
  /** Place among the rows, from 0: history steps and layers together. */
  readonly index: number;
  /** Place among the layers alone, from 0; absent where the step made none. */
  readonly layerIndex?: number;
  /** As distributed. */
  readonly descriptor?: Descriptor;
  readonly diffId?: DiffId;
  /** Of the uncompressed tar, bytes. */
  readonly uncompressedSize?: number;
  readonly createdBy: string;
  readonly created?: Date;
  readonly empty: boolean;
  /** Paths that this layer added to, changed in and removed from the union below it. */
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  /** Bytes of this layer's files that a higher layer replaced or hid. */
  readonly wastedBytes: number;
}

export type FileType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo';
/** What a layer holds besides: a deletion of something below, or of everything below in a folder. */
export type LayerEntryType = FileType | 'whiteout' | 'opaque';

/** One path of a layer or of a union. CLI.md, `files`. */
export interface FileRow<T extends string = FileType> {
  /** Absolute, no trailing slash. Bytes that are not UTF-8 are lone surrogates U+DC80…U+DCFF, one a byte. */
  readonly path: string;
  readonly type: T;
  /** Bytes; 0 for folders, symlinks and devices. */
  readonly size: number;
  /** `mode & 0o7777` */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, fractions kept. */
  readonly mtime: number;
  /** Target of a symlink (as written) or hard link (absolute path). */
  readonly linkName: string | null;
  /** `index` in {@link ImageLayer} of the layer it comes from. */
  readonly layer: number;
}

/** A path of a tree with where it leads. */
export interface ImageEntry {
  readonly row: FileRow;
  /**
   * The row itself; of a symlink that of what it leads to within the tree in the end. `undefined` of a link, symbolic or
   * hard, to what is not there, and where links go round in circles.
   */
  readonly target: FileRow | undefined;
}

/** A tree to look into: the union, or one layer by itself. */
export interface TreeChoice {
  /** `index` in {@link ImageLayer}; the union of all layers where it is absent. */
  readonly layer?: number | undefined;
}

/** What an image wastes, in dive's figures. CLI.md, `analyze`. */
export interface ImageAnalysis {
  /** Bytes of the files if every path were written once, in its smallest form, of all bytes written: 0 to 1. */
  readonly efficiency: number;
  /** Bytes of all layers' files at the paths below. */
  readonly wastedBytes: number;
  /** Wasted bytes of those that the layers above the lowest hold: 0 to 1; 0 for one layer. */
  readonly userWastedPercent: number;
  /** Bytes of the files of all layers, unpacked. */
  readonly sizeBytes: number;
  /** How many layers the image has. */
  readonly layers: number;
  /** Paths that several layers write or remove, the costliest first. */
  readonly inefficiencies: readonly Inefficiency[];
}

export interface Inefficiency {
  /** As in {@link FileRow}. */
  readonly path: string;
  /** Layers that write or remove it. */
  readonly count: number;
  /** Bytes of it in all of them. */
  readonly cumulativeSize: number;
}

/** A file of a layer that a higher layer replaced or hid. */
export interface WastedFile {
  /** As in {@link FileRow}. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** `index` in {@link ImageLayer} of the step that did it. */
  readonly by: number;
  /** Whether it took the file away; otherwise it put something else there. */
  readonly removed: boolean;
}

/**
 * What the layers do to a stretch of an image's paths, as columns: a few numbers for what would be an object each. Paths
 * come in byte order, so a folder before what is in it; the root is none of them.
 */
export interface PathHistorySlice {
  /** Number of the first path; the others follow. */
  readonly first: number;
  /** Last parts of the paths, `/` between them. Bytes that are not UTF-8 as in {@link FileRow}. */
  readonly names: string;
  /** For each path the number of the folder that it is in; {@link noPath} at the top. */
  readonly parents: Uint32Array;
  /** For each path how many changes it has: at least one. */
  readonly changes: Uint16Array;
  /** For each change, those of a path one behind the other, the layer (0 the lowest): ascending. */
  readonly layers: Uint16Array;
  /** For each change its place in {@link pathChangeKinds}. */
  readonly kinds: Uint8Array;
  /** For each change what is there then (of a removal, what was), by its place in {@link pathTypes}. */
  readonly types: Uint8Array;
  /** For each change bytes of the file; 0 for all else, hard links as well: what they name has the bytes. */
  readonly sizes: Float64Array;
  /** For each change the layer that replaces or removes these bytes later; {@link noLayer} where they are in use. */
  readonly lostBy: Uint16Array;
}

export const noPath = 0xffff_ffff;
export const noLayer = 0xffff;

/** `repeated`: a folder that is put again as it is. */
export const pathChangeKinds = ['repeated', 'added', 'modified', 'removed'] as const;
export type PathChangeKind = (typeof pathChangeKinds)[number];

export const pathTypes = ['directory', 'file', 'symlink', 'hardlink', 'other'] as const;
export type PathType = (typeof pathTypes)[number];

/** What is different at a path of two images. CLI.md, `diff`. */
export interface PathChange {
  readonly path: string;
  /** `modified`: content, type, mode, owner or link; times do not count. */
  readonly change: 'added' | 'removed' | 'modified';
  /** `null` where it was not there. */
  readonly before: FileRow | null;
  readonly after: FileRow | null;
}

/** A file that is at another path with the same bytes; mode and owner may differ. */
export interface FileRename {
  /** The new one. */
  readonly path: string;
  readonly change: 'renamed';
  readonly before: FileRow;
  readonly after: FileRow;
}

/** Which two trees to compare: one layer of the image (`index` in {@link ImageLayer}), or the union where none is said. */
export interface LayerPair {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
}

export interface StoreUsage {
  readonly images: number;
  readonly tags: number;
  readonly blobs: number;
  /** Bytes on disk of all blobs. */
  readonly totalBytes: number;
  /** Bytes of blobs that exactly one image uses. */
  readonly uniqueBytes: number;
  /** Bytes of blobs that several images use, each counted once. */
  readonly sharedBytes: number;
  /** Bytes that gc would free now: what nothing reaches, and unfinished downloads of dead processes. */
  readonly reclaimableBytes: number;
}

export interface StoreFault {
  readonly digest: Digest;
  readonly problem: 'missing' | 'damaged';
  /** Canonical references (or IDs) of the images that need it. */
  readonly images: readonly string[];
}

export interface Removal {
  readonly kind: 'untagged' | 'deleted';
  /** A familiar reference (`untagged`) or a digest (`deleted`: the image ID, then the layers' chain IDs as Docker prints them). */
  readonly name: string;
}
