import type { ImageAnalysis, ImageLayer, WastedFile } from '../../../engine/image.ts';
import type { WasteFacts, WastefulPath } from '../../../protocol/layersPage.ts';

/** Paths that the page lists. */
export const mostWasteful = 500;

/** Files of each layer that are asked for to find them: what several layers waste a little of may cost more than one's worst. */
export const mostAsked = 5_000;

/**
 * What the page is told of the bytes that nobody can see.
 * @param files of each layer, as many as {@link mostAsked} where there may be more
 */
export function wasteFacts(
  { efficiency }: Pick<ImageAnalysis, 'efficiency'>,
  layers: readonly Pick<ImageLayer, 'wastedBytes'>[],
  files: ReadonlyMap<number, readonly Pick<WastedFile, 'path' | 'size'>[]>,
): WasteFacts {
  const paths = [...costs(files.values())].sort(worstFirst);
  const isCut = [...files.values()].some(({ length }) => length >= mostAsked);
  return {
    efficiency,
    wastedBytes: layers.reduce((sum, { wastedBytes }) => sum + wastedBytes, 0),
    worst: paths.slice(0, mostWasteful),
    hasMore: isCut || paths.length > mostWasteful,
  };
}

/** A path may be written in vain by several layers. Empty files cost nothing. */
function costs(
  layers: Iterable<readonly Pick<WastedFile, 'path' | 'size'>[]>,
): IterableIterator<WastefulPath> {
  const found = new Map<string, WastefulPath>();
  for (const files of layers) {
    for (const { path, size } of files) {
      if (size === 0) continue;
      const known = found.get(path);
      found.set(path, { path, count: (known?.count ?? 0) + 1, bytes: (known?.bytes ?? 0) + size });
    }
  }
  return found.values();
}

function worstFirst(one: WastefulPath, other: WastefulPath): number {
  return other.bytes - one.bytes || (one.path < other.path ? -1 : 1);
}
