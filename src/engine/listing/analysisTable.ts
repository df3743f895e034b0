import type { ImageAnalysis, Inefficiency } from '../image.ts';
import { humanSize } from './humanUnits.ts';

export const analysisHeader: readonly string[] = ['EFFICIENCY', 'WASTED', 'USER WASTED', 'SIZE', 'LAYERS'];

/** The figures of `analyze` for people. */
export function analysisCells(analysis: ImageAnalysis): string[] {
  const { efficiency, wastedBytes, userWastedPercent, sizeBytes, layers } = analysis;
  return [
    percent(efficiency),
    humanSize(wastedBytes),
    percent(userWastedPercent),
    humanSize(sizeBytes),
    String(layers),
  ];
}

export const inefficiencyHeader: readonly string[] = ['COUNT', 'WASTED', 'PATH'];

export function inefficiencyCells({ path, count, cumulativeSize }: Inefficiency): string[] {
  return [String(count), humanSize(cumulativeSize), path];
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(2)}%`;
}
