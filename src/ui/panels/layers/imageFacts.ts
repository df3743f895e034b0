import type { ImageLayer, ListedTable, ReadableImage } from '../../../engine/image.ts';
import type { Digest } from '../../../engine/oci/digest.ts';
import { formatPlatform } from '../../../engine/oci/platform.ts';
import type { ImageFacts, LayerFacts, LayersSubject } from '../../../protocol/layersPage.ts';
import { cleanInstruction } from '../../instruction.ts';
import { unverifiedLayers } from '../unverifiedLayers.ts';

const longestInstruction = 10_000;

/** What the page is told of the image as a whole. */
export function imageFacts(
  { name }: LayersSubject,
  { id, manifest, platform }: ReadableImage,
  layers: readonly ImageLayer[],
  tables: readonly ListedTable[],
): ImageFacts {
  const unverified = unverifiedLayers(tables);
  return {
    name,
    platform: formatPlatform(platform),
    id,
    manifest: manifest.digest,
    layers: layers.flatMap((layer) => layerFacts(layer, unverified) ?? []),
  };
}

/** Nothing of a step that made no layer. */
function layerFacts(layer: ImageLayer, unverified: ReadonlySet<Digest>): LayerFacts | undefined {
  const { index, descriptor, diffId, uncompressedSize, createdBy } = layer;
  if (!descriptor || diffId === undefined) return undefined;
  const { added, modified, removed, wastedBytes } = layer;
  return {
    step: index,
    instruction: cleanInstruction(createdBy).slice(0, longestInstruction),
    digest: descriptor.digest,
    size: descriptor.size,
    diffId,
    unpackedSize: uncompressedSize ?? null,
    added,
    modified,
    removed,
    wastedBytes,
    filesVerified: !unverified.has(descriptor.digest),
  };
}
