import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportSource } from '../../src/engine/images/exportFiles.ts';
import { layerFile } from '../../src/engine/layers/fileContent.ts';
import { TarFiles } from '../../src/engine/layers/filesInOrder.ts';
import { LayerIndex } from '../../src/engine/layers/layerIndex.ts';
import type { LayerJob, LayerResult } from '../../src/engine/layers/layerJob.ts';
import { LayerPass } from '../../src/engine/layers/layerPass.ts';
import type { UnionTree } from '../../src/engine/layers/unionTree.ts';
import { layerDescriptor } from './layerDescriptor.ts';

/** A folder that is gone when the tests of the enclosing `describe` are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-layers-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Reads a layer in this thread, in pieces of `pieceSize` bytes. */
export async function readLayer(
  blob: Uint8Array,
  indexFile: string,
  { pieceSize = 64 * 1024, ...job }: Partial<LayerJob> & { pieceSize?: number } = {},
): Promise<LayerResult> {
  const pass = new LayerPass({ descriptor: layerDescriptor(blob), indexFile, ...job });
  try {
    // The pass takes what it is given.
    for (let at = 0; at < blob.length; at += pieceSize)
      await pass.push(Uint8Array.from(blob.subarray(at, at + pieceSize)));
    return await pass.finish();
  } catch (error) {
    await pass.abort();
    throw error;
  }
}

/** Files of layers that lie on the disk, as those who read several of them want them. */
export function filesOf(tree: UnionTree, blobs: readonly string[]): ExportSource['open'] {
  return async (layer, entries, signal) =>
    new TarFiles(layerFile({ file: blobs[layer] ?? '' }), tree.index(layer), entries, signal);
}

export async function indexOfTar(tar: Uint8Array, folder: string, pieceSize?: number): Promise<LayerIndex> {
  const file = join(folder, randomUUID());
  await readLayer(tar, file, pieceSize === undefined ? {} : { pieceSize });
  const index = await LayerIndex.open(file);
  rmSync(file);
  return index;
}
