import type { ImageLayer } from '../image.ts';
import { shortDigest } from '../oci/digest.ts';
import { humanSize } from './humanUnits.ts';

export const layerTableHeader: readonly string[] = [
  'INDEX',
  'LAYER',
  'SIZE',
  'UNPACKED',
  'ADDED',
  'MODIFIED',
  'REMOVED',
  'WASTED',
  'CREATED BY',
];

/** With both hashes in full: of the layer as distributed, and of its unpacked tar. */
export const fullLayerTableHeader: readonly string[] = layerTableHeader.flatMap((name) =>
  name === 'LAYER' ? ['DIGEST', 'DIFF ID'] : [name],
);

/** As {@link layerTableCells}, nothing cut off. */
export function fullLayerTableCells(layer: ImageLayer): string[] {
  const { index, descriptor, diffId = '', createdBy } = layer;
  const [, ...rest] = figures(layer);
  return [
    String(index),
    descriptor?.digest ?? '<empty>',
    diffId,
    ...rest,
    createdBy.replace(/\s+/g, ' ').trim(),
  ];
}

/** How much of an instruction a row shows, in characters. */
const instructionWidth = 60;

/** A row of `layers` for people; a step that made no layer shows its instruction alone. */
export function layerTableCells(layer: ImageLayer): string[] {
  return [String(layer.index), ...figures(layer), shortened(layer.createdBy)];
}

function figures({
  descriptor,
  uncompressedSize,
  added,
  modified,
  removed,
  wastedBytes,
}: ImageLayer): string[] {
  if (!descriptor) return ['<empty>', '', '', '', '', '', ''];
  return [
    shortDigest(descriptor.digest),
    humanSize(descriptor.size, 3),
    uncompressedSize === undefined ? '' : humanSize(uncompressedSize, 3),
    String(added),
    String(modified),
    String(removed),
    humanSize(wastedBytes, 3),
  ];
}

function shortened(instruction: string): string {
  const characters = [...instruction.replace(/\s+/g, ' ').trim()];
  if (characters.length <= instructionWidth) return characters.join('');
  return `${characters.slice(0, instructionWidth - 1).join('')}…`;
}
