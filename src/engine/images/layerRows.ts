import type { ImageLayer } from '../image.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { DiffId } from '../oci/digest.ts';
import type { ImageConfig } from '../oci/imageConfig.ts';
import type { Manifest } from '../oci/manifest.ts';

/** What reading a layer told. */
export interface LayerFigures {
  /** Not known of a layer that was not read. */
  readonly uncompressedSize: number | undefined;
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  readonly wastedBytes: number;
}

interface Step {
  readonly createdBy: string;
  readonly created?: Date;
  readonly empty: boolean;
  readonly layerIndex?: number;
}

/**
 * The steps of an image's history with the layers they made. Where the history does not account for every layer (some
 * build tools write none), there is one row a layer instead.
 */
function historySteps(config: ImageConfig): readonly Step[] {
  const made = config.history.filter(({ emptyLayer }) => !emptyLayer).length;
  if (made !== config.diffIds.length) {
    return config.diffIds.map((_, layerIndex) => ({ createdBy: '', empty: false, layerIndex }));
  }
  let layers = 0;
  return config.history.map((entry) => ({
    createdBy: entry.createdBy,
    ...(entry.created && { created: entry.created }),
    empty: entry.emptyLayer,
    ...(!entry.emptyLayer && { layerIndex: layers++ }),
  }));
}

/** For each layer, lowest first, the row (`index` of {@link ImageLayer}) that it stands in. */
export function rowsOfLayers(config: ImageConfig): readonly number[] {
  return historySteps(config).flatMap((step, row) => (step.layerIndex === undefined ? [] : [row]));
}

/** @param figures one a layer, lowest first */
export function layerRows(
  manifest: Manifest,
  config: ImageConfig,
  figures: readonly LayerFigures[],
): readonly ImageLayer[] {
  return historySteps(config).map((step, index) => ({
    index,
    ...step,
    ...layerPart(manifest.layers, config.diffIds, figures, step.layerIndex),
  }));
}

const noFigures = { added: 0, modified: 0, removed: 0, wastedBytes: 0 };

function layerPart(
  layers: readonly Descriptor[],
  diffIds: readonly DiffId[],
  figures: readonly LayerFigures[],
  layerIndex: number | undefined,
) {
  if (layerIndex === undefined) return noFigures;
  const descriptor = layers[layerIndex];
  const diffId = diffIds[layerIndex];
  return {
    ...(descriptor && { descriptor }),
    ...(diffId && { diffId }),
    ...(figures[layerIndex] ?? noFigures),
  };
}
