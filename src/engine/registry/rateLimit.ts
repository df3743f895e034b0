import type { HeaderReader } from './transport.ts';

/** How much a registry lets through: https://docs.docker.com/docker-hub/usage/pulls/ */
export interface RateLimit {
  /** Pulls a window. */
  readonly limit: number;
  /** Pulls left in this window. */
  readonly remaining: number;
  /** Seconds. */
  readonly window?: number;
  /** When the registry said so. */
  readonly seen: Date;
}

/** Reads `ratelimit-limit: 100;w=21600` and `ratelimit-remaining: 76;w=21600`. */
export function parseRateLimit(headers: HeaderReader, seen: Date = new Date()): RateLimit | undefined {
  const limit = quantity(headers.get('ratelimit-limit'));
  const remaining = quantity(headers.get('ratelimit-remaining'));
  if (!limit || !remaining) return undefined;
  const window = limit.window ?? remaining.window;
  return {
    limit: limit.count,
    remaining: remaining.count,
    ...(window !== undefined && { window }),
    seen,
  };
}

function quantity(header: string | null): { count: number; window: number | undefined } | undefined {
  const match = /^\s*(\d{1,15})\s*(?:;\s*w=(\d{1,15}))?/.exec(header ?? '');
  if (!match) return undefined;
  return { count: Number(match[1]), window: match[2] === undefined ? undefined : Number(match[2]) };
}
