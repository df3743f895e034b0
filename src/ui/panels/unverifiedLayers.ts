import type { ListedTable } from '../../engine/image.ts';
import type { Digest } from '../../engine/oci/digest.ts';

/** The layers whose lists of files nobody vouches for. */
export function unverifiedLayers(tables: readonly ListedTable[]): ReadonlySet<Digest> {
  return new Set(tables.filter(({ verified }) => !verified).map(({ layer }) => layer));
}
