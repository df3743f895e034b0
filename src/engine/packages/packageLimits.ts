/**
 * What a package database may hold at most. Generous for real images (a whole desktop has some thousand packages in
 * some 100 MB), and low enough that hostile input ends in `TooLarge` before it exhausts memory or patience.
 */

/** Packages of one image. */
export const maxPackages = 200_000;

/** Bytes of a database that is read as text, one piece at a time. */
export const maxTextBytes = 1024 * 1024 * 1024;

/** Bytes of one line of such a database. */
export const maxLineBytes = 1024 * 1024;

/** Bytes of a database that is read at any place, and so held in memory while it is read. */
export const maxHeldBytes = 192 * 1024 * 1024;

/** Bytes of one record of such a database; RPM's own limit for a header is 256 MiB. */
export const maxRecordBytes = 64 * 1024 * 1024;

/** Characters of a name, version or architecture. */
export const maxFieldLength = 4096;

/** Files of a folder that has one file a package. */
export const maxStatusFiles = 20_000;
