import { limitText } from '../byteLimit.ts';
import { throwIfCancelled } from '../errors.ts';
import type { PackageFile } from './installedPackage.ts';
import { brokenDatabase, tooLargeDatabase } from './packageError.ts';
import { maxHeldBytes } from './packageLimits.ts';

/**
 * A file whole, for reading at any place of it.
 * @throws `TooLarge`, `Cancelled`, and what its bytes throw
 */
export async function holdFile(file: PackageFile, signal?: AbortSignal): Promise<Buffer> {
  if (file.size > maxHeldBytes) {
    throw tooLargeDatabase(file.path, `it has ${file.size} bytes, more than ${limitText(maxHeldBytes)}`);
  }
  const held = Buffer.alloc(file.size);
  let length = 0;
  for await (const bytes of file.bytes(signal)) {
    throwIfCancelled(signal);
    if (length + bytes.length > held.length) throw brokenDatabase(file.path, 'it is longer than it says');
    held.set(bytes, length);
    length += bytes.length;
  }
  return held.subarray(0, length);
}
