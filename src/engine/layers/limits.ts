/**
 * What a layer may hold at most. Generous for real images (the largest known have about two million entries), and low
 * enough that hostile input ends in `TooLarge` before it exhausts memory (400 MB) or patience.
 */

/** Entries of one layer, implied folders included. */
export const maxEntries = 2_500_000;

/** Bytes of one path or link target: PATH_MAX of Linux, beyond which no container engine could unpack it. */
export const maxPathBytes = 4096;

/** Folders above an entry. */
export const maxPathDepth = 1024;

/** Bytes of all paths of one layer together, those of implied folders included: a hundred for each of a million. */
export const maxPathHeapBytes = 96 * 1024 * 1024;

/** Bytes of all link targets of one layer together. */
export const maxLinkHeapBytes = 64 * 1024 * 1024;

/** Different owners (pairs of uid and gid) of the entries of one layer; real ones have some dozens. */
export const maxOwners = 200_000;

/** Bytes of one extended header (PAX records, GNU long name), as in Go's archive/tar. */
export const maxHeaderBytes = 1024 * 1024;

/** Segments in the map of one sparse file. */
export const maxSparseSegments = 100_000;

/** Segments of all sparse files of one layer together. */
export const maxSparseSegmentsInAll = 500_000;

/** Bytes of all extended attributes of one layer together. */
export const maxXattrBytes = 64 * 1024 * 1024;

/**
 * A layer is taken for a bomb where it unpacks to more than this many bytes *and* to more than {@link bombRatio} times
 * its size as distributed. Neither alone is enough: 200 MB of zeros is honest, and so is a layer of 100 GB.
 */
export const bombBytes = 4 * 1024 * 1024 * 1024;

export const bombRatio = 250;

/**
 * Where it unpacks to more than {@link extremeRatio} times its size, so many bytes are enough: a file of 1 GiB of zeros
 * (`dd` of a thousand blocks, a preallocated database) with room for what stands beside it.
 */
export const extremeBytes = 1.25 * 1024 * 1024 * 1024;

/**
 * More than gzip can do at all, whose best is 1032 (258 bytes by two bits), so that nothing in gzip is extreme. With zstd
 * zeros are packed 32,000 to one: a few kilobytes would be worth seconds of work.
 */
export const extremeRatio = 1100;

/** Bytes that may come out of so many. */
export function mostUnpacked(size: number): number {
  return Math.max(extremeBytes, Math.min(bombBytes, extremeRatio * size), bombRatio * size);
}
