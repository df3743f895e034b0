/** A positive number as digits without trailing zeros, `0.DIGITS × 10^point`; zero has no digits. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** A float as a whole number times a power of two. */
export interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** @param value finite, not negative */
export function binaryOf(value: number): Binary {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const fraction = bits & (2n ** 52n - 1n);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  return exponent === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (2n ** 52n), exponent: exponent - 1075 };
}

/** @param value finite, not negative and a `float32` */
export function binaryOfFloat32(value: number): Binary {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const fraction = BigInt(bits & 0x7fffff);
  const exponent = (bits >>> 23) & 0xff;
  return exponent === 0
    ? { mantissa: fraction, exponent: -149 }
    : { mantissa: fraction | (1n << 23n), exponent: exponent - 150 };
}

/** Every digit that the float has: it is at most some 770 of them. */
export function exactDecimal(value: number): Decimal {
  const { mantissa, exponent } = binaryOf(value);
  if (exponent >= 0) return trimmed((mantissa << BigInt(exponent)).toString(), 0);
  return trimmed((mantissa * 5n ** BigInt(-exponent)).toString(), exponent);
}

/** The fewest digits that still mean the same `float64` (or `float32`). */
export function shortestDecimal(value: number, bits: 32 | 64): Decimal {
  const text = bits === 64 ? value.toExponential() : shortestFloat32(value);
  const [digits = '', exponent = '0'] = text.replace('.', '').split('e');
  return trimmed(digits, Number(exponent) - digits.length + 1);
}

function shortestFloat32(value: number): string {
  for (let digits = 0; digits < 9; digits += 1) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return text;
  }
  return value.toExponential(9);
}

/** @param power of ten that the digits are to be multiplied with */
function trimmed(digits: string, power: number): Decimal {
  const point = digits.length + power;
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? { digits: '', point: 0 } : { digits: kept, point };
}

/** Rounded to so many digits, halves to the even neighbour. */
export function roundDecimal(decimal: Decimal, count: number): Decimal {
  if (count >= decimal.digits.length) return decimal;
  if (count < 0) return { digits: '', point: 0 };
  const kept = decimal.digits.slice(0, count);
  if (!roundsUp(decimal.digits, count)) return trimmed(kept, decimal.point - count);
  const raised = (BigInt(kept || '0') + 1n).toString();
  return trimmed(raised, decimal.point - count);
}

function roundsUp(digits: string, count: number): boolean {
  const next = digits[count] ?? '0';
  if (next !== '5' || digits.length > count + 1) return next >= '5';
  return count > 0 && Number(digits[count - 1]) % 2 === 1;
}
