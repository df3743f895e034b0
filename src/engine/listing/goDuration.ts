const unitMilliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** What an `int64` of nanoseconds holds, in milliseconds. */
const longest = 2 ** 63 / 1e6;

/**
 * A span of time as Go writes it: `10m`, `1h30m`, `-1.5h`, `300ms`.
 * @returns milliseconds; `undefined` where the text is none. https://pkg.go.dev/time#ParseDuration
 */
export function parseGoDuration(text: string): number | undefined {
  const [, sign, spans] = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text) ?? [];
  if (spans === undefined) return undefined;
  let milliseconds = 0;
  for (const [, number, unit = ''] of spans.matchAll(/([\d.]+)([^\d.]+)/g)) {
    milliseconds += Number(number) * (unitMilliseconds[unit] ?? 0);
  }
  if (milliseconds >= longest) return undefined;
  return sign === '-' ? -milliseconds : milliseconds;
}
