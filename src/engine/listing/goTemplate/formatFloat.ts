import {
  binaryOf,
  binaryOfFloat32,
  type Decimal,
  exactDecimal,
  roundDecimal,
  shortestDecimal,
} from './decimal.ts';

/**
 * Go's `strconv.FormatFloat`.
 * @param form `e`, `E`, `f`, `g`, `G`, `b`, `x` or `X`
 * @param precision -1 for as many digits as the value needs
 */
export function formatFloat(value: number, form: string, precision: number, bits: 32 | 64): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return sign === '' ? '+Inf' : '-Inf';
  if (form === 'b') return sign + powerOfTwo(size, bits);
  if (form === 'x' || form === 'X') return sign + inHex(size, precision, form);
  return sign + inDecimal(size, form, precision, bits);
}

function powerOfTwo(value: number, bits: 32 | 64): string {
  const { mantissa, exponent } = bits === 64 ? binaryOf(value) : binaryOfFloat32(value);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** `0x1.8p+01` */
function inHex(value: number, precision: number, form: string): string {
  const { mantissa, exponent } = normalized(value);
  const kept = precision < 0 || precision >= 13 ? mantissa : roundedBits(mantissa, 52 - 4 * precision);
  const grown = kept >= 2n ** 53n;
  const bits = (grown ? kept / 2n : kept).toString(16).padStart(14, '0');
  const fraction =
    precision < 0 ? bits.slice(1).replace(/0+$/, '') : bits.slice(1, 1 + precision).padEnd(precision, '0');
  const power = mantissa === 0n ? 0 : exponent + 52 + (grown ? 1 : 0);
  const text = `0x${bits[0]}${fraction === '' ? '' : '.'}${fraction}p${signed(power)}`;
  return form === 'X' ? text.toUpperCase() : text;
}

function normalized(value: number): { mantissa: bigint; exponent: number } {
  let { mantissa, exponent } = binaryOf(value);
  while (mantissa !== 0n && mantissa < 2n ** 52n) {
    mantissa *= 2n;
    exponent -= 1;
  }
  return { mantissa, exponent };
}

function roundedBits(value: bigint, dropped: number): bigint {
  const unit = 1n << BigInt(dropped);
  const rest = value % unit;
  const floor = value - rest;
  const up = rest * 2n > unit || (rest * 2n === unit && (floor / unit) % 2n === 1n);
  return up ? floor + unit : floor;
}

function inDecimal(value: number, form: string, precision: number, bits: 32 | 64): string {
  const lower = form.toLowerCase();
  const decimal = precision < 0 ? shortestDecimal(value, bits) : rounded(value, lower, precision);
  const text = decimalText(decimal, lower, precision);
  return form === 'E' || form === 'G' ? text.toUpperCase() : text;
}

function rounded(value: number, form: string, precision: number): Decimal {
  const exact = exactDecimal(value);
  if (form === 'e') return roundDecimal(exact, precision + 1);
  if (form === 'f') return roundDecimal(exact, exact.point + precision);
  return roundDecimal(exact, Math.max(precision, 1));
}

function decimalText(decimal: Decimal, form: string, precision: number): string {
  const { digits, point } = decimal;
  const fraction = Math.max(digits.length - point, 0);
  if (form === 'e') return withExponent(decimal, precision < 0 ? Math.max(digits.length - 1, 0) : precision);
  if (form === 'f') return withoutExponent(decimal, precision < 0 ? fraction : precision);
  return wantsExponent(decimal, precision)
    ? withExponent(decimal, Math.max(digits.length - 1, 0))
    : withoutExponent(decimal, fraction);
}

function wantsExponent({ digits, point }: Decimal, precision: number): boolean {
  const asked = Math.max(precision, 1);
  const limit = precision < 0 ? 6 : asked > digits.length && digits.length >= point ? digits.length : asked;
  return point - 1 < -4 || point - 1 >= limit;
}

function withExponent({ digits, point }: Decimal, fraction: number): string {
  const first = digits === '' ? '0' : digits.slice(0, 1);
  const rest = fraction > 0 ? `.${digits.slice(1).padEnd(fraction, '0')}` : '';
  return `${first}${rest}e${signed(digits === '' ? 0 : point - 1)}`;
}

function withoutExponent({ digits, point }: Decimal, fraction: number): string {
  const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  if (fraction === 0) return whole;
  const after = point >= 0 ? digits.slice(point) : '0'.repeat(Math.min(-point, fraction)) + digits;
  return `${whole}.${after.slice(0, fraction).padEnd(fraction, '0')}`;
}

function signed(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
