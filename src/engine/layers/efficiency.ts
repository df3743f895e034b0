import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../errors.ts';
import type { ImageAnalysis } from '../image.ts';
import { decodePath } from './entryText.ts';
import type { LayerIndex } from './layerIndex.ts';
import { type CostlyPath, PathCosts } from './pathCosts.ts';
import { UnionMerge } from './unionMerge.ts';

/** Paths merged before other work gets its turn: a few milliseconds. */
const portion = 4_000;

/**
 * How much of the layers' bytes a container can see, and which paths waste the rest. One merge of the indexes: O(entries
 * × log layers), nothing of them copied.
 *
 * The figures are dive's (https://github.com/wagoodman/dive#readme, and {@link PathCosts}), its faults left out: opaque
 * marks count, an image of one layer wastes 0 rather than 0/0 of what was added to its base, and a ratio is at most 1.
 * @param layers lowest first
 * @throws `Cancelled`
 */
export async function analyzeLayers(
  layers: readonly LayerIndex[],
  signal?: AbortSignal,
): Promise<ImageAnalysis> {
  const costs = await costsOf(layers, signal);
  const { minimumBytes, discoveredBytes, costly } = costs;
  const [base = 0, ...added] = layers.map(({ contentSize }) => contentSize);
  const userBytes = sum(added);
  const wastedBytes = sum(costly.map(({ cumulativeSize }) => cumulativeSize));
  return {
    efficiency: discoveredBytes === 0 ? 1 : minimumBytes / discoveredBytes,
    wastedBytes,
    userWastedPercent: layers.length < 2 ? 0 : ratio(wastedBytes, userBytes),
    sizeBytes: base + userBytes,
    layers: layers.length,
    inefficiencies: costly.sort(worstFirst).map(({ path, count, cumulativeSize }) => ({
      path: decodePath(path),
      count,
      cumulativeSize,
    })),
  };
}

async function costsOf(layers: readonly LayerIndex[], signal?: AbortSignal): Promise<PathCosts> {
  const costs = new PathCosts(layers);
  const merge = new UnionMerge(layers, costs);
  do {
    throwIfCancelled(signal);
    await nextTurn();
  } while (!merge.advance(portion));
  costs.finish();
  return costs;
}

/** The replaced files of the base count as wasted too, so the waste can be more than all that was added. */
function ratio(wasted: number, added: number): number {
  return wasted === 0 ? 0 : Math.min(1, wasted / added);
}

/** Of equal ones that of the newest layer first, as in dive's report; then in byte order of path. */
function worstFirst(left: CostlyPath, right: CostlyPath): number {
  return (
    right.cumulativeSize - left.cumulativeSize ||
    right.since - left.since ||
    Buffer.compare(left.path, right.path)
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
