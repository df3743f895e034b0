import type { RemoteImage } from '../../engine/image.ts';

/** Milliseconds for which a tag's answer counts as the answer of now. */
export const freshFor = 5 * 60 * 1000;

/**
 * Whether the last answer is worth a line of its own at once: a fresh one, or that of a digest, which never ages, is told
 * by the remote hover without delay.
 */
export function isOldAnswer(last: RemoteImage | undefined): last is RemoteImage {
  if (!last || last.reference.digest !== undefined) return false;
  return Date.now() - last.lookedUp.getTime() > freshFor;
}
