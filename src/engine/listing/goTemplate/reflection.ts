import { encodeText } from './goText.ts';
import {
  GoCallError,
  type GoMap,
  type GoSlice,
  type GoValue,
  goInterface,
  goTyped,
  typeName,
} from './goValue.ts';

/** What is at the end of pointers and interfaces; where one of them is nil, that one. */
export function indirect(value: GoValue): { value: GoValue; isNil: boolean } {
  let inside = value;
  while (typeof inside === 'object' && (inside.kind === 'pointer' || inside.kind === 'interface')) {
    const next: GoValue = inside.kind === 'pointer' ? inside.target : inside.value;
    if (next === undefined) return { value: inside, isNil: true };
    inside = next;
  }
  return { value: inside, isNil: false };
}

/** The truth of a value as `if`, `and`, `or` and `not` see it: not zero, not empty, not nil. */
export function isTrue(value: GoValue): boolean {
  if (typeof value !== 'object') return Boolean(value);
  switch (value.kind) {
    case 'typed':
      return Boolean(value.value);
    case 'complex':
      return value.real !== 0 || value.imaginary !== 0;
    case 'slice':
      return value.items.length > 0;
    case 'map':
      return value.entries.size > 0;
    case 'pointer':
      return value.target !== undefined;
    case 'interface':
      return isTrue(value.value);
    default:
      return true;
  }
}

/** An item of a slice, with what its slice says of its type. */
export function itemOf(slice: GoSlice, at: number): GoValue {
  const item = slice.items[at];
  return slice.type.elem?.kind === 'interface' ? goInterface(item) : item;
}

/** The value of a key that is there. */
export function entryOf(map: GoMap, key: string): GoValue {
  const value = map.entries.get(key);
  return map.type.elem?.kind === 'interface' ? goInterface(value) : value;
}

/** The text of a Go string, of whatever name its type is. */
export function textOf(value: GoValue): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value.kind === 'typed' && typeof value.value === 'string'
    ? value.value
    : undefined;
}

/** A whole number, of whatever size and name its type is. */
export function integerOf(value: GoValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'object' && value.kind === 'typed' && typeof value.value === 'bigint'
    ? value.value
    : undefined;
}

/** One byte of a string, as indexing gives it. */
export function byteAt(text: string, at: number): GoValue {
  return goTyped('uint8', BigInt(encodeText(text)[at] ?? 0));
}

/** What Go's reflection says where nil has no type to ask for. */
export function typeNameOrPanic(value: GoValue): string {
  if (value === undefined) throw new GoCallError('reflect: call of reflect.Value.Type on zero Value');
  return typeName(value);
}
