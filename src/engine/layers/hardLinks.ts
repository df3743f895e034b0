import type { LayerIndex } from './layerIndex.ts';
import { kindCode } from './layerIndexFormat.ts';
import type { EntryPlace } from './unionMerge.ts';

/**
 * The entry with the content of a hard link whose target is not in its own layer: what the layers below had at that path
 * when the link was made. `undefined` where they had nothing, or a folder.
 */
export function resolveBelow(layers: readonly LayerIndex[], link: EntryPlace): EntryPlace | undefined {
  let place: EntryPlace | undefined = link;
  while (place && isOpenLink(layers, place)) {
    const target: Uint8Array = layers[place.layer]?.linkBytes(place.at) ?? new Uint8Array(0);
    place = visibleBelow(layers, place.layer, target);
  }
  const kind = place && layers[place.layer]?.kindCode(place.at);
  return kind !== undefined && kind > kindCode.directory ? place : undefined;
}

function isOpenLink(layers: readonly LayerIndex[], { layer, at }: EntryPlace): boolean {
  const index = layers[layer];
  return index?.kindCode(at) === kindCode.hardlink && index.dataOffset(at) < 0;
}

/** What is visible at the path in the union of the layers below `layer`. */
function visibleBelow(
  layers: readonly LayerIndex[],
  layer: number,
  path: Uint8Array,
): EntryPlace | undefined {
  for (let below = layer - 1; below >= 0; below--) {
    const index = layers[below];
    const at = index?.find(path);
    if (at !== undefined) return { layer: below, at };
    if (index && hides(index, path)) return undefined;
  }
  return undefined;
}

/** Whether the layer hides what lower ones have at the path. */
function hides(index: LayerIndex, path: Uint8Array): boolean {
  if (index.hasWhiteout(path)) return true;
  for (let end = path.lastIndexOf(0x2f); end >= 0; end = end === 0 ? -1 : path.lastIndexOf(0x2f, end - 1)) {
    const folder = path.subarray(0, end);
    if (index.isOpaque(folder) || index.hasWhiteout(folder)) return true;
    const at = index.find(folder);
    if (at !== undefined && index.kindCode(at) > kindCode.directory) return true;
  }
  return false;
}

/** Links to links to links: beyond this many nobody meant it. */
const maxHops = 40;

/** The entry that a hard link within one layer goes back to: a file, mostly. */
export function originalOf(index: LayerIndex, link: number): number {
  let at = link;
  for (let hops = 0; hops < maxHops && index.kindCode(at) === kindCode.hardlink; hops++) {
    const target = index.find(index.linkBytes(at));
    if (target === undefined || index.dataOffset(target) !== index.dataOffset(link)) break;
    at = target;
  }
  return at;
}
