import path from 'node:path';
import { type TarItem, tarOf } from '../tarWriter.ts';

interface EntryBase {
  /** Relative to the root, no slash at either end. */
  readonly path: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** One thing that a layer holds. */
export type LayerFile = EntryBase &
  (
    | { readonly kind: 'file'; readonly content: string | Uint8Array }
    | { readonly kind: 'directory' }
    | { readonly kind: 'symlink'; readonly target: string }
    /** `target` as {@link EntryBase.path} is written. */
    | { readonly kind: 'hardlink'; readonly target: string }
  );

export function file(name: string, content: string | Uint8Array, mode = 0o644): LayerFile {
  return { kind: 'file', path: name, content, mode };
}

export function symlink(name: string, target: string): LayerFile {
  return { kind: 'symlink', path: name, target };
}

export function hardlink(name: string, target: string): LayerFile {
  return { kind: 'hardlink', path: name, target };
}

export function directory(name: string, mode = 0o755): LayerFile {
  return { kind: 'directory', path: name, mode };
}

/** Hides what lower layers have at the path. https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md#whiteouts */
export function whiteout(name: string): LayerFile {
  return file(path.posix.join(path.posix.dirname(name), `.wh.${path.posix.basename(name)}`), '');
}

/** Hides all that lower layers have in the folder. */
export function opaque(folder: string): LayerFile {
  return file(`${folder}/.wh..wh..opq`, '');
}

export function ownedBy(uid: number, files: readonly LayerFile[]): LayerFile[] {
  return files.map((entry) => ({ ...entry, uid, gid: uid }));
}

/** The files as a tar, folders above them first, every byte settled by what is given. */
export function layerTar(files: readonly LayerFile[], modified: Date): Buffer {
  const mtime = Math.floor(modified.getTime() / 1000);
  return tarOf(...withFolders(files).map((entry) => ({ ...tarItem(entry), mtime })));
}

function withFolders(files: readonly LayerFile[]): LayerFile[] {
  const seen = new Set(['.']);
  const folders = (name: string): LayerFile[] => {
    if (seen.has(name)) return [];
    seen.add(name);
    return [...folders(path.posix.dirname(name)), directory(name)];
  };
  return files.flatMap((entry) => {
    const above = folders(path.posix.dirname(entry.path));
    if (entry.kind === 'directory') seen.add(entry.path);
    return [...above, entry];
  });
}

function tarItem(entry: LayerFile): TarItem {
  const { kind: type, mode = type === 'symlink' ? 0o777 : 0o644, uid = 0, gid = 0 } = entry;
  const { name, prefix } = splitName(type === 'directory' ? `${entry.path}/` : entry.path);
  return {
    ...{ path: name, prefix, type, mode, uid, gid },
    ...('content' in entry && { content: entry.content }),
    ...('target' in entry && { linkName: entry.target }),
  };
}

/** ustar has a second field for the beginning of long paths. */
function splitName(name: string): { name: string; prefix: string } {
  if (name.length <= 100) return { name, prefix: '' };
  const slash = name.indexOf('/', name.length - 101);
  if (slash < 0 || slash > 155) throw new Error(`too long for ustar: ${name}`);
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}
