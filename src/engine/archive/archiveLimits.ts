/**
 * What an archive may hold at most: generous for real ones (a thousand images of a hundred layers make some 300,000
 * members in Docker's oldest layout), and low enough that hostile ones end in `TooLarge` soon.
 */

/** Files, links and folders. */
export const maxMembers = 400_000;

/** Bytes of all names and link targets together. */
export const maxNameBytes = 64 * 1024 * 1024;

/** `manifest.json` or `index.json`, bytes. */
export const maxListBytes = 16 * 1024 * 1024;

/** Images of one archive. */
export const maxImages = 10_000;

/** Bytes behind the end of the tar that are read so that whoever writes to a pipe can finish. */
export const maxTrailingBytes = 64 * 1024 * 1024;
