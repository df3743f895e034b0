import { EngineError } from '../errors.ts';
import type { FileType } from '../image.ts';
import { decodePath } from './entryText.ts';
import { type EntryOverrides, entryName } from './tarEntry.ts';
import type { TarHeader } from './tarHeader.ts';

const code = (character: string): number => character.charCodeAt(0);

/** Sizes of links, devices and folders mean nothing; a GNU dump folder and a file whose name says folder have bytes behind them. */
export function hasContent({ typeFlag }: TarHeader): boolean {
  return typeByFlag.get(typeFlag) === 'file' || typeFlag === code('D');
}

/** What the entry is. @throws `Unsupported` for types that no container engine unpacks. */
export function entryType(header: TarHeader, overrides: EntryOverrides): FileType {
  const type = typeByFlag.get(header.typeFlag);
  const name = entryName(header, overrides);
  if (type === 'file') return name.at(-1) === code('/') ? 'directory' : 'file';
  if (type) return type;
  const flag = JSON.stringify(String.fromCharCode(header.typeFlag));
  const path = decodePath(name);
  throw new EngineError(
    'Unsupported',
    `the layer has an entry of the unknown type ${flag}: ${JSON.stringify(path)}`,
    {
      path,
    },
  );
}

const typeByFlag: ReadonlyMap<number, FileType> = new Map([
  [0, 'file'],
  [code('0'), 'file'],
  [code('7'), 'file'],
  [code('1'), 'hardlink'],
  [code('2'), 'symlink'],
  [code('3'), 'character'],
  [code('4'), 'block'],
  [code('5'), 'directory'],
  [code('D'), 'directory'],
  [code('6'), 'fifo'],
]);
