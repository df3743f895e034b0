import { EngineError } from '../engine/errors.ts';
import type { ImageAnalysis } from '../engine/image.ts';
import { parseHumanSize } from '../engine/listing/humanUnits.ts';

/** As commander gives them. */
export interface ThresholdOptions {
  readonly lowestEfficiency?: string;
  readonly highestWastedBytes?: string;
  readonly highestUserWastedPercent?: string;
}

/** Says what is wrong with an image; nothing where it holds. */
export type Threshold = (analysis: ImageAnalysis) => string | undefined;

/** @throws `Invalid` where one of them cannot be read */
export function parseThresholds(options: ThresholdOptions): readonly Threshold[] {
  const { lowestEfficiency, highestWastedBytes, highestUserWastedPercent } = options;
  const thresholds: Threshold[] = [];
  if (lowestEfficiency !== undefined) thresholds.push(efficiencyThreshold(lowestEfficiency));
  if (highestWastedBytes !== undefined) thresholds.push(wastedBytesThreshold(highestWastedBytes));
  if (highestUserWastedPercent !== undefined) thresholds.push(userWastedThreshold(highestUserWastedPercent));
  return thresholds;
}

function efficiencyThreshold(text: string): Threshold {
  const lowest = parseRatio('--lowest-efficiency', text);
  return ({ efficiency }) =>
    efficiency < lowest ? `the efficiency is ${efficiency}, below ${text}` : undefined;
}

function wastedBytesThreshold(text: string): Threshold {
  const highest = parseHumanSize(text);
  if (highest === undefined) throw invalid('--highest-wasted-bytes', text, 'bytes, such as 50kB or 1MiB');
  return ({ wastedBytes }) =>
    wastedBytes > highest ? `${wastedBytes} bytes are wasted, more than ${text}` : undefined;
}

function userWastedThreshold(text: string): Threshold {
  const highest = parseRatio('--highest-user-wasted-percent', text);
  return ({ userWastedPercent }) =>
    userWastedPercent > highest
      ? `${userWastedPercent} of what the layers above the lowest hold is wasted, more than ${text}`
      : undefined;
}

function parseRatio(option: string, text: string): number {
  const ratio = /^(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw invalid(option, text, 'a ratio from 0 to 1, such as 0.9');
}

function invalid(option: string, text: string, what: string): EngineError {
  return new EngineError('Invalid', `invalid value ${JSON.stringify(text)} for ${option}: write ${what}`);
}
