import { posix } from 'node:path';
import { decodePath } from '../layers/entryText.ts';
import { corruptArchive, quoted } from './archiveError.ts';

/**
 * A member's name relative to the archive's root. Nothing is ever written under these names; one that leads elsewhere is
 * refused all the same, since it can only be meant for a program that does.
 * @throws `Corrupt`
 */
export function memberPath(name: Uint8Array): string {
  const text = decodePath(name);
  if (text.startsWith('/'))
    throw corruptArchive(`the archive has a member with an absolute path, ${quoted(text)}`);
  return withinArchive(text, () => `the archive has a member that leads out of it, ${quoted(text)}`);
}

/** Where a symlink leads. @throws `Corrupt` where that is outside of the archive */
export function linkTarget(path: string, target: string): string {
  const what = (): string => `the archive has a link that leads out of it, ${quoted(path)}`;
  if (target.startsWith('/')) throw corruptArchive(what());
  return withinArchive(posix.join(posix.dirname(path), target), what);
}

function withinArchive(text: string, complaint: () => string): string {
  if (text.split('/').includes('..')) throw corruptArchive(complaint());
  const path = posix.normalize(text).replace(/\/+$/, '');
  return path === '.' ? '' : path;
}
