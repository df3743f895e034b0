import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../../engine/errors.ts';
import type { FileRow, LayerEntryType } from '../../engine/image.ts';
import type { ImageEngine } from '../../engine/imageEngine.ts';
import type { ImageLocation } from './imageLocation.ts';
import { treeImage } from './treeImage.ts';

/** Rows looked at before other work of the extension host gets its turn: a few milliseconds. */
const portion = 4000;

const openable: ReadonlySet<LayerEntryType> = new Set(['file', 'hardlink', 'symlink']);

/** Whatever may be opened below a folder, in byte order of path. */
export async function filePaths(
  engine: ImageEngine,
  location: ImageLocation,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { layer, path } = location;
  const image = await treeImage(engine, location, signal);
  const rows: Iterable<FileRow<LayerEntryType>> =
    layer === undefined ? await engine.files(image, signal) : await engine.layerFiles(image, layer, signal);
  const folder = path === '/' ? '/' : `${path}/`;
  const paths: string[] = [];
  let seen = 0;
  for (const row of rows) {
    if (openable.has(row.type) && row.path.startsWith(folder)) paths.push(row.path);
    if (++seen % portion === 0) await nextTurn();
    throwIfCancelled(signal);
  }
  return paths;
}
