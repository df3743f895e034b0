import path from 'node:path';

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
  const blocks = withFolders(files).flatMap((entry) => tarEntry(entry, modified));
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
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

function tarEntry(entry: LayerFile, modified: Date): Buffer[] {
  const content = entry.kind === 'file' ? Buffer.from(entry.content) : Buffer.alloc(0);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return [header(entry, content.length, modified), content, padding];
}

const typeFlags = { file: '0', hardlink: '1', symlink: '2', directory: '5' } as const;

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 (ustar) */
function header(entry: LayerFile, size: number, modified: Date): Buffer {
  const block = Buffer.alloc(512);
  const { name, prefix } = splitName(entry.kind === 'directory' ? `${entry.path}/` : entry.path);
  const text = (value: string, offset: number) => block.write(value, offset, 'utf8');
  const octal = (value: number, offset: number, width: number) =>
    text(`${value.toString(8).padStart(width - 1, '0')}\0`, offset);
  text(name, 0);
  octal(entry.mode ?? (entry.kind === 'symlink' ? 0o777 : 0o644), 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(modified.getTime() / 1000), 136, 12);
  text(typeFlags[entry.kind], 156);
  if ('target' in entry) text(entry.target, 157);
  text('ustar\x0000', 257);
  text(prefix, 345);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  text(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function splitName(name: string): { name: string; prefix: string } {
  if (name.length <= 100) return { name, prefix: '' };
  const slash = name.indexOf('/', name.length - 101);
  if (slash < 0 || slash > 155) throw new Error(`too long for ustar: ${name}`);
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}
