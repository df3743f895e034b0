import { formatValue, withoutInterface } from './formatValue.ts';
import { compareText } from './goText.ts';
import { GoCallError, type GoComplex, type GoValue, typeName, typeOf } from './goValue.ts';

type Basic =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int' | 'uint'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'complex'; readonly value: GoComplex }
  | { readonly kind: 'string'; readonly value: string };

const badType = 'invalid type for comparison';
const badPair = 'incompatible types for comparison';

/** `eq`: whether the first is equal to any of the others. */
export function isEqualToAny(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new GoCallError('missing argument for comparison');
  return others.some((other) => isEqual(withoutInterface(first), withoutInterface(other)));
}

function isEqual(a: GoValue, b: GoValue): boolean {
  const [first, second] = [basicOf(a), basicOf(b)];
  if (first === undefined && second === undefined) return isSame(a, b);
  if (first !== undefined && second !== undefined && isComparable(first, second))
    return isEqualBasic(first, second);
  if (a !== undefined && b !== undefined) throw new GoCallError(badPair);
  return false;
}

/** Integers compare with each other whatever their sign and size; otherwise the kinds must be one. */
function isComparable(a: Basic, b: Basic): boolean {
  return a.kind === b.kind || (isInteger(a) && isInteger(b));
}

function isInteger(basic: Basic): boolean {
  return basic.kind === 'int' || basic.kind === 'uint';
}

function isEqualBasic(a: Basic, b: Basic): boolean {
  if (a.kind !== 'complex' || b.kind !== 'complex') return a.value === b.value;
  return a.value.real === b.value.real && a.value.imaginary === b.value.imaginary;
}

/** Values that are neither text nor numbers: nil is equal to nil; slices, maps and functions compare with nothing else. */
function isSame(a: GoValue, b: GoValue): boolean {
  const [first, second] = [typeOf(a), typeOf(b)];
  if (first !== undefined && second !== undefined && first.kind !== second.kind)
    throw new GoCallError(
      `non-comparable types ${formatValue(a, 's')}: ${first.name}, ${second.name}: ${formatValue(b, 'v')}`,
    );
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (second !== undefined && !isComparableType(b))
    throw new GoCallError(`non-comparable type ${formatValue(b, 's')}: ${second.name}`);
  return isIdentical(a, b);
}

/** Structs are as comparable as all that they hold. */
function isComparableType(value: GoValue): boolean {
  const kind = typeOf(value)?.kind;
  if (kind === 'slice' || kind === 'map' || kind === 'func') return false;
  const isStruct = typeof value === 'object' && value.kind === 'struct';
  return !isStruct || value.fields.every((field) => isComparableType(field.value));
}

function isNil(value: GoValue): boolean {
  if (typeof value !== 'object') return value === undefined;
  if (value.kind === 'pointer') return value.target === undefined;
  return (value.kind === 'slice' || value.kind === 'map') && value.isNil;
}

/** Go's `==` of interfaces: pointers by where they point, structs by their fields. */
function isIdentical(a: GoValue, b: GoValue): boolean {
  if (typeName(a) !== typeName(b)) return false;
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (a.kind === 'pointer' && b.kind === 'pointer') return a.target === b.target;
  if (a.kind !== 'struct' || b.kind !== 'struct') return a === b;
  return a.fields.every((field, at) => isEqual(field.value, b.fields[at]?.value));
}

/** `lt` */
export function isLess(a: GoValue, b: GoValue): boolean {
  const first = basicOrError(withoutInterface(a));
  const second = basicOrError(withoutInterface(b));
  if (!isComparable(first, second)) throw new GoCallError(badPair);
  if (first.kind === 'bool' || first.kind === 'complex') throw new GoCallError(badType);
  if (first.kind === 'string' && second.kind === 'string') return compareText(first.value, second.value) < 0;
  return first.value < second.value;
}

/** `le`: less or equal, asked in that order. */
export function isLessOrEqual(a: GoValue, b: GoValue): boolean {
  return isLess(a, b) || isEqualToAny(a, [b]);
}

function basicOrError(value: GoValue): Basic {
  const basic = basicOf(value);
  if (basic === undefined) throw new GoCallError(badType);
  return basic;
}

function basicOf(value: GoValue): Basic | undefined {
  switch (typeof value) {
    case 'boolean':
      return { kind: 'bool', value };
    case 'string':
      return { kind: 'string', value };
    case 'bigint':
      return { kind: 'int', value };
    case 'number':
      return { kind: 'float', value };
    case 'object':
      return basicOfObject(value);
    default:
      return undefined;
  }
}

function basicOfObject(value: object & GoValue): Basic | undefined {
  if (value.kind === 'complex') return { kind: 'complex', value };
  if (value.kind !== 'typed') return undefined;
  if (typeof value.value !== 'bigint') return basicOf(value.value);
  return { kind: value.type.kind === 'uint' ? 'uint' : 'int', value: value.value };
}
