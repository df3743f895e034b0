import { median } from './median.ts';

export interface Cost {
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds of all threads together: what a busy machine still measures well. */
  readonly cpu: number;
}

export async function timed(work: () => Promise<void> | void): Promise<Cost> {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

export function medianCost(costs: readonly Cost[]): Cost {
  return { wall: median(costs.map(({ wall }) => wall)), cpu: median(costs.map(({ cpu }) => cpu)) };
}

/** Median of the turns' own ratios: what was measured side by side had the same machine. */
export function medianRatio(costs: readonly Cost[], references: readonly Cost[], of: keyof Cost): number {
  return median(costs.map((cost, turn) => cost[of] / (references[turn]?.[of] ?? Number.NaN)));
}

/** A line of a bench's table, marked where it misses its limit. */
export function tableLine(what: string, value: string, limit = '', isMet = true): string {
  return `${isMet ? ' ' : '✗'} ${what.padEnd(44)} ${value.padStart(10)}  ${limit}`;
}
