import { compareText } from './goText.ts';
import {
  type GoMap,
  type GoMethods,
  type GoPointer,
  type GoSlice,
  type GoStruct,
  type GoTyped,
  type GoValue,
  typeName,
} from './goValue.ts';
import { noFlags, Printer } from './printer.ts';

/** Go shows where a value lies in memory; nothing here lies anywhere. */
const someAddress = 0xc000010000n;

/** Writes any value by a verb, what it holds included. */
export class ValuePrinter extends Printer {
  /** While a wrong verb is reported, values do not speak for themselves. */
  private isReporting = false;

  /** A value that was passed for a verb. */
  argument(value: GoValue, verb: string): void {
    const inside = withoutInterface(value);
    if (verb === 'T' && inside !== undefined) this.string(typeName(inside), 's');
    else if (verb === 'T') this.pad('<nil>');
    else if (verb === 'p') this.whereItLies(inside);
    else this.value(inside, verb, 0);
  }

  private whereItLies(value: GoValue): void {
    const points = typeof value === 'object' && ['pointer', 'map', 'slice', 'func'].includes(value.type.kind);
    if (points) this.pointer(addressOf(value), value.type, 'p');
    else this.wrongVerb(value, 'p');
  }

  private value(value: GoValue, verb: string, depth: number): void {
    if (this.byItsMethod(value, verb)) return;
    if (!this.written(value, verb, depth)) this.wrongVerb(value, verb);
  }

  private written(value: GoValue, verb: string, depth: number): boolean {
    switch (typeof value) {
      case 'undefined':
        return depth > 0 ? this.nilInside() : this.nilOnTop(verb);
      case 'boolean':
        return this.bool(value, verb);
      case 'string':
        return this.string(value, verb);
      case 'bigint':
        return this.integer(value, true, verb);
      case 'number':
        return this.float(value, 64, verb);
      default:
        return this.object(value, verb, depth);
    }
  }

  private nilOnTop(verb: string): boolean {
    if (verb !== 'v') return false;
    this.pad('<nil>');
    return true;
  }

  /** In an `interface {}` of a slice, a map or a struct: no verb is wrong for it. */
  private nilInside(): boolean {
    this.buffer.write(this.flags.sharpV ? 'interface {}(nil)' : '<nil>');
    return true;
  }

  private object(
    value: Exclude<GoValue, undefined | boolean | string | bigint | number>,
    verb: string,
    depth: number,
  ): boolean {
    switch (value.kind) {
      case 'typed':
        return this.typed(value, verb);
      case 'complex':
        return this.complex(value.real, value.imaginary, verb);
      case 'slice':
        return this.slice(value, verb, depth);
      case 'map':
        return this.map(value, verb, depth);
      case 'struct':
        return this.struct(value, verb, depth);
      case 'pointer':
        return this.target(value, verb, depth);
      case 'func':
        return this.pointer(addressOf(value), value.type, verb);
      case 'interface':
        this.value(withoutInterface(value), verb, depth + 1);
        return true;
    }
  }

  private typed({ type, value }: GoTyped, verb: string): boolean {
    if (typeof value === 'boolean') return this.bool(value, verb);
    if (typeof value === 'string') return this.string(value, verb);
    if (typeof value === 'bigint') return this.integer(value, type.kind === 'int', verb);
    return this.float(value, type.underlying === 'float32' ? 32 : 64, verb);
  }

  private slice(slice: GoSlice, verb: string, depth: number): boolean {
    const bytes = 'sqxX'.includes(verb) ? bytesOf(slice) : undefined;
    if (bytes !== undefined) return this.bytes(bytes, verb);
    if (this.namedNil(slice)) return true;
    const name = depth === 0 && slice.type.name === '[]uint8' ? '[]byte' : slice.type.name;
    this.buffer.write(this.flags.sharpV ? `${name}{` : '[');
    slice.items.forEach((item, at) => {
      this.separator(at);
      this.value(withoutInterface(item), verb, depth + 1);
    });
    this.buffer.write(this.flags.sharpV ? '}' : ']');
    return true;
  }

  private map(map: GoMap, verb: string, depth: number): boolean {
    if (this.namedNil(map)) return true;
    this.buffer.write(this.flags.sharpV ? `${map.type.name}{` : 'map[');
    sortedEntries(map).forEach(([key, item], at) => {
      this.separator(at);
      this.value(key, verb, depth + 1);
      this.buffer.write(':');
      this.value(withoutInterface(item), verb, depth + 1);
    });
    this.buffer.write(this.flags.sharpV ? '}' : ']');
    return true;
  }

  private struct(struct: GoStruct, verb: string, depth: number): boolean {
    this.buffer.write(this.flags.sharpV ? `${struct.type.name}{` : '{');
    struct.fields.forEach((field, at) => {
      this.separator(at);
      if (this.flags.plusV || this.flags.sharpV) this.buffer.write(`${field.name}:`);
      this.value(withoutInterface(field.value), verb, depth + 1);
    });
    this.buffer.write('}');
    return true;
  }

  /** Pointers are followed at the top only, as values may hold each other in circles. */
  private target(pointer: GoPointer, verb: string, depth: number): boolean {
    const { target } = pointer;
    if (depth > 0 || typeof target !== 'object' || !['slice', 'map', 'struct'].includes(target.kind))
      return this.pointer(addressOf(pointer), pointer.type, verb);
    this.buffer.write('&');
    this.value(target, verb, depth + 1);
    return true;
  }

  private namedNil(value: GoSlice | GoMap): boolean {
    if (!this.flags.sharpV || !value.isNil) return false;
    this.buffer.write(`${value.type.name}(nil)`);
    return true;
  }

  private separator(at: number): void {
    if (at > 0) this.buffer.write(this.flags.sharpV ? ', ' : ' ');
  }

  /** By its `Error` or `String`, where it has one and the verb is one for text. */
  private byItsMethod(value: GoValue, verb: string): boolean {
    if (this.isReporting || this.flags.sharpV || !'vsxXq'.includes(verb)) return false;
    const text = ownText(value);
    return text !== undefined && this.string(text, verb);
  }

  private wrongVerb(value: GoValue, verb: string): void {
    this.buffer.write(`%!${verb}(`);
    if (value === undefined) this.buffer.write('<nil>');
    else this.reported(value);
    this.buffer.write(')');
  }

  reported(value: GoValue): void {
    const before = this.isReporting;
    this.isReporting = true;
    this.buffer.write(`${typeName(value)}=`);
    this.value(value, 'v', 0);
    this.isReporting = before;
  }
}

function bytesOf(slice: GoSlice): Uint8Array | undefined {
  if (slice.type.elem?.name !== 'uint8') return undefined;
  return Uint8Array.from(slice.items, (item) =>
    typeof item === 'object' && item.kind === 'typed' ? Number(item.value) : 0,
  );
}

function addressOf(value: GoValue): bigint {
  if (typeof value !== 'object') return 0n;
  if (value.kind === 'pointer') return value.target === undefined ? 0n : someAddress;
  return (value.kind === 'map' || value.kind === 'slice') && value.isNil ? 0n : someAddress;
}

/** What its `Error` or `String` method says. */
export function ownText(value: GoValue): string | undefined {
  const methods = methodsOf(value);
  const name = (['Error', 'String'] as const).find((each) => typeof methods?.[each] === 'function');
  if (methods === undefined || name === undefined || !Object.hasOwn(methods, name)) return undefined;
  const method = methods[name];
  const text = typeof method === 'function' ? method(withoutPointers(value)) : undefined;
  return typeof text === 'string' ? text : undefined;
}

export function methodsOf(value: GoValue): GoMethods | undefined {
  const inside = withoutPointers(value);
  if (typeof inside !== 'object') return undefined;
  return inside.kind === 'struct' || inside.kind === 'typed' ? inside.methods : undefined;
}

function withoutPointers(value: GoValue): GoValue {
  let inside = value;
  while (typeof inside === 'object' && inside.kind === 'pointer') inside = inside.target;
  return inside;
}

/** What lies in an `interface {}`. */
export function withoutInterface(value: GoValue): GoValue {
  let inside = value;
  while (typeof inside === 'object' && inside.kind === 'interface') inside = inside.value;
  return inside;
}

/** In the order of the keys' bytes. */
export function sortedEntries(map: GoMap): readonly (readonly [string, GoValue])[] {
  return [...map.entries].sort(([a], [b]) => compareText(a, b));
}

/** Go's `fmt.Sprint`: spaces between values of which neither is text. */
export function sprint(values: readonly GoValue[]): string {
  const [only] = values;
  if (values.length === 1 && typeof only === 'string') return only;
  const printer = new ValuePrinter();
  values.forEach((value, at) => {
    if (at > 0 && !isText(value) && !isText(values[at - 1])) printer.buffer.write(' ');
    printer.argument(value, 'v');
  });
  return printer.buffer.text();
}

function isText(value: GoValue): boolean {
  const inside = withoutInterface(value);
  return typeof inside === 'string' || (typeof inside === 'object' && inside.type.kind === 'string');
}

/** Go's `fmt.Sprintln`. */
export function sprintln(values: readonly GoValue[]): string {
  const printer = new ValuePrinter();
  values.forEach((value, at) => {
    if (at > 0) printer.buffer.write(' ');
    printer.argument(value, 'v');
  });
  printer.buffer.write('\n');
  return printer.buffer.text();
}

/** One value by one verb without flags, as messages have it. */
export function formatValue(value: GoValue, verb: 'v' | 's'): string {
  const printer = new ValuePrinter();
  printer.flags = noFlags();
  printer.argument(value, verb);
  return printer.buffer.text();
}
