const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'] as const;

/**
 * Bytes in decimal units as Docker writes them: `7.34MB`. Docker's lists have 3 significant digits, everything else 4.
 * https://pkg.go.dev/github.com/docker/go-units#HumanSizeWithPrecision
 */
export function humanSize(bytes: number, precision = 4): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${significant(value, precision)}${sizeUnits[unit]}`;
}

/** Go's `%.*g`: no trailing zeros, and an exponent where the digits do not reach the decimal point (`1e+03`). */
function significant(value: number, precision: number): string {
  const text = value.toPrecision(precision);
  // Most are this already.
  if (!text.endsWith('0') && !text.includes('e')) return text;
  const [digits = '', exponent] = text.split('e');
  const trimmed = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  return exponent === undefined ? trimmed : `${trimmed}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`;
}

/** As much as Go's `time.Duration` holds, in milliseconds: what an image without a date is old, in Docker's eyes. */
const longestDuration = (2 ** 63 - 1) / 1e6;

/**
 * A span of time in one unit, as Docker writes it: `About an hour`, `3 weeks`.
 * @param milliseconds negative where the moment lies ahead
 * https://pkg.go.dev/github.com/docker/go-units#HumanDuration
 */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(Math.min(milliseconds, longestDuration) / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  return inHours(milliseconds);
}

function inHours(milliseconds: number): string {
  const exact = Math.min(milliseconds, longestDuration) / 3_600_000;
  const hours = Math.trunc(exact + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(Math.trunc(exact) / 24 / 365)} years`;
}

const decimalFactor = 1000;
const binaryFactor = 1024;

/**
 * Bytes as a person writes them: `32025`, `50kB`, `1.5 MB`, `2GiB`. Units of either case, decimal as Docker's unless
 * there is an `i`. https://pkg.go.dev/github.com/docker/go-units#FromHumanSize
 * @returns whole bytes; `undefined` where the text is none
 */
export function parseHumanSize(text: string): number | undefined {
  const [, number, letter = '', binary] = /^(\d+(?:\.\d+)?) ?(?:([kmgtpe])(i)?)?b?$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  const power = letter === '' ? 0 : 'kmgtpe'.indexOf(letter.toLowerCase()) + 1;
  return Math.trunc(Number(number) * (binary ? binaryFactor : decimalFactor) ** power);
}
