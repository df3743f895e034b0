import { humanDuration } from './humanUnits.ts';

/**
 * `3 weeks ago`. Docker keeps whole seconds of the moment.
 * @param created milliseconds since 1970
 * @param now milliseconds since 1970
 */
export function createdSince(created: number, now: number): string {
  return `${humanDuration(now - wholeSeconds(created))} ago`;
}

/** Go's zero time stands for an image that does not say when it was made. */
export const noTime = Date.parse('0001-01-01T00:00:00Z');

function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
