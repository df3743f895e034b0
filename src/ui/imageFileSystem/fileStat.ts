import { FilePermission, type FileStat, FileType } from 'vscode';
import type { FileRow, ImageEntry } from '../../engine/image.ts';

/** Of a link what it leads to, as VS Code has it of the disk's. */
export function fileStat({ row, target }: ImageEntry): FileStat {
  const { size, mtime } = target ?? row;
  const milliseconds = Math.round(mtime * 1000);
  return {
    type: fileType({ row, target }),
    ctime: milliseconds,
    mtime: milliseconds,
    size,
    permissions: FilePermission.Readonly,
  };
}

/** A link that leads nowhere is known for a link and nothing else. */
export function fileType({ row, target }: ImageEntry): FileType {
  const type = target ? plainType(target) : FileType.Unknown;
  return row.type === 'symlink' ? type | FileType.SymbolicLink : type;
}

function plainType({ type }: FileRow): FileType {
  if (type === 'directory') return FileType.Directory;
  return type === 'file' || type === 'hardlink' ? FileType.File : FileType.Unknown;
}
