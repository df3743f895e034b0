import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../errors.ts';
import type { LayerIndex } from './layerIndex.ts';
import type { EntryPlace } from './unionMerge.ts';
import type { UnionTree } from './unionTree.ts';

/** Paths looked at before other work gets its turn: a few milliseconds. */
const portion = 8_000;

/** The files ({@link contentKey}) that visible hard links lead to: whatever became of their own names, they are in use. */
export async function keptByLinks(union: UnionTree, signal?: AbortSignal): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  if (!union.layers.some((layer) => layer.hasHardLinks)) return kept;
  for (let at = 0; at < union.length; at++) {
    if (at % portion === 0) await nextTurn();
    throwIfCancelled(signal);
    const place = union.place(at);
    if (!union.isHardLink(place)) continue;
    const content = union.contentNode(place);
    kept.add(contentKey(content, content.index));
  }
  return kept;
}

/** Names a file of all layers: its hard links within the layer have the same. */
export function contentKey({ layer, at }: EntryPlace, index: LayerIndex): string {
  return `${layer} ${index.dataOffset(at)}`;
}
