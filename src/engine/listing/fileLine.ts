import { assertNever } from '../errors.ts';
import type { FileRow, LayerEntryType } from '../image.ts';
import { humanSize } from './humanUnits.ts';

/**
 * A path as `ls -l` and `tar -tv` show it: mode, owner, size, time in UTC, layer, path, and where a link leads. Of fixed
 * widths, so that a list of any length is written as it comes.
 */
export function fileLine(row: FileRow<LayerEntryType>): string {
  const cells = [
    typeLetter(row.type) + permissions(row.mode),
    `${row.uid}:${row.gid}`.padEnd(11),
    humanSize(row.size, 3).padStart(7),
    modified(row.mtime),
    String(row.layer).padStart(3),
    row.path + (row.linkName === null ? '' : ` -> ${row.linkName}`),
  ];
  return cells.join(' ');
}

function typeLetter(type: LayerEntryType): string {
  switch (type) {
    case 'file':
      return '-';
    case 'directory':
      return 'd';
    case 'symlink':
      return 'l';
    case 'hardlink':
      return 'h';
    case 'character':
      return 'c';
    case 'block':
      return 'b';
    case 'fifo':
      return 'p';
    case 'whiteout':
      return 'w';
    case 'opaque':
      return 'o';
    default:
      return assertNever(type);
  }
}

/** `rwxr-sr-t`, the special bits in the places of the `x` that they change. */
function permissions(mode: number): string {
  const special = ['s', 's', 't'];
  return special
    .map((letter, place) => triplet(mode >> (6 - 3 * place), mode & (0o4000 >> place), letter))
    .join('');
}

function triplet(bits: number, special: number, letter: string): string {
  const execute = bits & 1;
  const last = special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-';
  return (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + last;
}

/** Minutes are enough; what no calendar holds is shown as the number that it is. */
function modified(mtime: number): string {
  const date = new Date(mtime * 1000);
  const text = Number.isNaN(date.getTime())
    ? String(mtime)
    : date.toISOString().slice(0, -8).replace('T', ' ');
  return text.padEnd(16);
}
