import { withoutInterface } from './formatValue.ts';
import { byteLength, sliceBytes } from './goText.ts';
import { isAssignable } from './goType.ts';
import {
  GoCallError,
  type GoMap,
  type GoSlice,
  type GoValue,
  goInterface,
  typeOf,
  zeroValue,
} from './goValue.ts';
import { byteAt, entryOf, indirect, integerOf, itemOf, textOf, typeNameOrPanic } from './reflection.ts';

/** `index x 1 "a"`: `x[1]["a"]` */
export function indexValue(item: GoValue, indexes: readonly GoValue[]): GoValue {
  const start = withoutInterface(item);
  if (start === undefined) throw new GoCallError('index of untyped nil');
  return indexes.reduce<GoValue>((inside, index) => indexOnce(inside, withoutInterface(index)), start);
}

function indexOnce(item: GoValue, index: GoValue): GoValue {
  const { value, isNil } = indirect(item);
  if (isNil) throw new GoCallError('index of nil pointer');
  const text = textOf(value);
  if (text !== undefined) return byteAt(text, checkedIndex(index, byteLength(text), 'string'));
  if (typeof value === 'object' && value.kind === 'slice')
    return itemOf(value, checkedIndex(index, value.items.length, 'slice'));
  if (typeof value === 'object' && value.kind === 'map') return indexMap(value, index);
  throw new GoCallError(`can't index item of type ${typeNameOrPanic(value)}`);
}

/** The index one past the end passes Go's own check and fails in its reflection. */
function checkedIndex(index: GoValue, length: number, what: string): number {
  const at = indexNumber(index, length);
  if (at === length) throw new GoCallError(`reflect: ${what} index out of range`);
  return at;
}

function indexNumber(index: GoValue, highest: number): number {
  if (index === undefined) throw new GoCallError('cannot index slice/array with nil');
  const number = integerOf(index);
  if (number === undefined)
    throw new GoCallError(`cannot index slice/array with type ${typeNameOrPanic(index)}`);
  if (number < 0n || number > highest) throw new GoCallError(`index out of range: ${number}`);
  return Number(number);
}

function indexMap(map: GoMap, index: GoValue): GoValue {
  const { key = undefined, elem = undefined } = map.type;
  const type = typeOf(index);
  if (key === undefined || elem === undefined) return undefined;
  if (type === undefined) throw new GoCallError(`value is nil; should be of type ${key.name}`);
  if (!isAssignable(type, key)) throw new GoCallError(`value has type ${type.name}; should be ${key.name}`);
  const name = textOf(index);
  if (name !== undefined && map.entries.has(name)) return entryOf(map, name);
  return elem.kind === 'interface' ? goInterface(undefined) : zeroValue(elem);
}

/** `slice x 1 2`: `x[1:2]` */
export function sliceValue(item: GoValue, indexes: readonly GoValue[]): GoValue {
  const value = withoutInterface(item);
  if (value === undefined) throw new GoCallError('slice of untyped nil');
  if (indexes.length > 3) throw new GoCallError(`too many slice indexes: ${indexes.length}`);
  const text = textOf(value);
  if (text !== undefined) return sliceText(value, text, indexes);
  if (typeof value === 'object' && value.kind === 'slice') return sliceItems(value, indexes);
  throw new GoCallError(`can't slice item of type ${typeNameOrPanic(value)}`);
}

/** Of the type that the whole has. */
function sliceText(value: GoValue, text: string, indexes: readonly GoValue[]): GoValue {
  if (indexes.length === 3) throw new GoCallError('cannot 3-index slice a string');
  const [from, to] = bounds(indexes, byteLength(text));
  const part = sliceBytes(text, from, to);
  return typeof value === 'object' && value.kind === 'typed' ? { ...value, value: part } : part;
}

function sliceItems(slice: GoSlice, indexes: readonly GoValue[]): GoSlice {
  const [from, to] = bounds(indexes, slice.items.length);
  return { ...slice, items: slice.items.slice(from, to) };
}

/**
 * Unlike `index`, Go's `slice` does not look into an `interface {}` for a number. It may reach past the length up to the
 * capacity, which here is the length: what Go's decoders happen to allocate is not for templates to see.
 */
function bounds(indexes: readonly GoValue[], length: number): readonly [from: number, to: number] {
  const numbers = indexes.map((index) => indexNumber(index, length));
  const [from = 0, to = length, capacity = length] = numbers;
  if (from > to) throw new GoCallError(`invalid slice index: ${from} > ${to}`);
  if (to > capacity) throw new GoCallError(`invalid slice index: ${to} > ${capacity}`);
  return [from, to];
}

/** `len` */
export function lengthOf(item: GoValue): bigint {
  const { value, isNil } = indirect(item);
  if (isNil) throw new GoCallError('len of nil pointer');
  const text = textOf(value);
  if (text !== undefined) return BigInt(byteLength(text));
  if (typeof value === 'object' && value.kind === 'slice') return BigInt(value.items.length);
  if (typeof value === 'object' && value.kind === 'map') return BigInt(value.entries.size);
  throw new GoCallError(`len of type ${typeNameOrPanic(value)}`);
}
