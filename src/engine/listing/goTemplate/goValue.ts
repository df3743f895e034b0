import { EngineError } from '../../errors.ts';
import { canBeNil, type GoType, goType, namedType } from './goType.ts';

/**
 * A Go value as templates see it. Plain values stand for Go's commonest types: `undefined` is nil without a type (a nil
 * `interface {}`), `bigint` an `int`, `number` a `float64`. Text is a Go string; a byte that is not UTF-8 stands in it as
 * the lone surrogate U+DC80…U+DCFF.
 */
export type GoValue =
  | undefined
  | boolean
  | string
  | bigint
  | number
  | GoTyped
  | GoComplex
  | GoSlice
  | GoMap
  | GoStruct
  | GoPointer
  | GoInterface
  | GoFunction;

/** A value of any other type that is a boolean, text or a number underneath: `int64`, `json.Number`, `time.Duration`. */
export interface GoTyped {
  readonly kind: 'typed';
  readonly type: GoType;
  readonly value: boolean | string | bigint | number;
  readonly methods: GoMethods;
}

export interface GoComplex {
  readonly kind: 'complex';
  readonly type: GoType;
  readonly real: number;
  readonly imaginary: number;
}

export interface GoSlice {
  readonly kind: 'slice';
  readonly type: GoType;
  readonly items: readonly GoValue[];
  readonly isNil: boolean;
}

/** A map whose keys are strings, in any order: it is read in the order of its keys, as Go's templates do. */
export interface GoMap {
  readonly kind: 'map';
  readonly type: GoType;
  readonly entries: ReadonlyMap<string, GoValue>;
  readonly isNil: boolean;
  /** Of keys that are texts of a type of their own. */
  readonly keyMethods?: GoMethods;
}

/** A field of a struct. Its static type is that of its value; where Go has an `interface {}` there, use {@link goInterface}. */
export interface GoField {
  readonly name: string;
  readonly value: GoValue;
  /** The `json` tag as Go has it: `Id`, `Comment,omitempty`, `-`. */
  readonly json?: string;
}

export interface GoStruct {
  readonly kind: 'struct';
  readonly type: GoType;
  /** In the order of the declaration. */
  readonly fields: readonly GoField[];
  readonly methods: GoMethods;
  /** What its `MarshalJSON` writes. */
  readonly marshalJson?: () => GoValue;
}

/** A pointer; nil without a target. Fields and methods are reached through it. */
export interface GoPointer {
  readonly kind: 'pointer';
  readonly type: GoType;
  readonly target: GoValue;
  /** Of a nil pointer to a struct: what the struct would have. Go tells those from names that it never has. */
  readonly fieldNames?: readonly string[];
}

/** A value that lies in an `interface {}`: Go's messages name that type and not the value's own. */
export interface GoInterface {
  readonly kind: 'interface';
  readonly type: GoType;
  readonly value: GoValue;
}

/** A function, or a method that takes arguments. */
export interface GoFunction {
  readonly kind: 'func';
  readonly type: GoType;
  readonly parameters: readonly GoType[];
  /** The last parameter may come any number of times. */
  readonly variadic: boolean;
  /** Throws a {@link GoCallError} where Go's returns an error or panics. */
  readonly call: (...values: GoValue[]) => GoValue;
}

/** A method without arguments, which is given what it is called on, or one with arguments. */
export type GoMethod = ((receiver: GoValue) => GoValue) | GoFunction;
export type GoMethods = Readonly<Record<string, GoMethod>>;

/** What a Go function answers instead of a value. The template turns it into `error calling NAME: …`. */
export class GoCallError extends Error {
  override readonly name = 'GoCallError';
}

const noMethods: GoMethods = {};

export function goTyped(
  type: string | GoType,
  value: GoTyped['value'],
  methods: GoMethods = noMethods,
): GoTyped {
  return { kind: 'typed', type: asType(type), value, methods };
}

export function goInt64(value: bigint | number): GoTyped {
  return goTyped('int64', BigInt(value));
}

export function goComplex(real: number, imaginary: number): GoComplex {
  return { kind: 'complex', type: goType('complex128'), real, imaginary };
}

/** @param type of the whole: `[]string`, or the name of a {@link namedType} */
export function goSlice(type: string | GoType, items: readonly GoValue[]): GoSlice {
  return { kind: 'slice', type: asType(type), items, isNil: false };
}

/** `[]string`, Go's commonest slice. */
export function goStrings(items: readonly string[]): GoSlice {
  return goSlice('[]string', items);
}

/** @param type of the whole: `map[string]string`; its keys must be strings underneath */
export function goMap(
  type: string | GoType,
  entries: ReadonlyMap<string, GoValue> | Readonly<Record<string, GoValue>>,
  keyMethods?: GoMethods,
): GoMap {
  const map = entries instanceof Map ? entries : new Map(Object.entries(entries));
  const made = { kind: 'map', type: asType(type), entries: map, isNil: false } as const;
  return keyMethods === undefined ? made : { ...made, keyMethods };
}

/** A key of the map as what it is there. */
export function goKey({ type, keyMethods }: GoMap, key: string): GoValue {
  return type.key && keyMethods ? goTyped(type.key, key, keyMethods) : key;
}

/**
 * A struct, or a pointer to one where the type starts with `*`.
 * @param fields by name, or in full where they have `json` tags
 * @param methods may be shared by many structs: each is given its receiver
 */
export function goStruct(
  type: string,
  fields: readonly GoField[] | Readonly<Record<string, GoValue>>,
  methods: GoMethods = noMethods,
  marshalJson?: () => GoValue,
): GoStruct | GoPointer {
  if (type.startsWith('*')) return goPointer(goStruct(type.slice(1), fields, methods, marshalJson));
  const inFull = isFieldList(fields)
    ? fields
    : Object.entries(fields).map(([name, value]) => ({ name, value }));
  const struct = { kind: 'struct', type: goType(type), fields: inFull, methods } as const;
  return marshalJson === undefined ? struct : { ...struct, marshalJson };
}

function isFieldList(fields: readonly GoField[] | object): fields is readonly GoField[] {
  return Array.isArray(fields);
}

export function goPointer(target: Exclude<GoValue, undefined>): GoPointer {
  return { kind: 'pointer', type: goType(`*${typeName(target)}`), target };
}

export function goInterface(value: GoValue): GoInterface {
  return { kind: 'interface', type: goType('interface {}'), value };
}

/**
 * A nil slice, map or pointer of that type: it prints as `[]`, `map[]` or `<nil>` and counts as false.
 * @param fieldNames of the struct that a pointer would point to; without them all names count as its fields
 */
export function goNil(name: string | GoType, fieldNames?: readonly string[]): GoSlice | GoMap | GoPointer {
  const type = asType(name);
  if (type.kind === 'slice') return { kind: 'slice', type, items: [], isNil: true };
  if (type.kind === 'map') return { kind: 'map', type, entries: new Map(), isNil: true };
  const pointer = { kind: 'pointer', type, target: undefined } as const;
  return fieldNames === undefined ? pointer : { ...pointer, fieldNames };
}

/**
 * @param parameters their types: `string`, `int`, `[]string`, `interface {}`; a last one `...string` may come any number of times
 */
export function goFunction(
  parameters: readonly string[],
  call: (...values: GoValue[]) => GoValue,
  result = 'string',
): GoFunction {
  const variadic = parameters.at(-1)?.startsWith('...') ?? false;
  const types = parameters.map((name) => goType(name.replace('...', '')));
  return {
    kind: 'func',
    type: goType(`func(${parameters.join(', ')}) ${result}`),
    parameters: types,
    variadic,
    call,
  };
}

/**
 * What Go's `json.Decoder` makes of a document in an `interface {}`.
 * @param value what `JSON.parse` gave
 * @param useNumber numbers are `json.Number`, as after `Decoder.UseNumber()`; otherwise `float64`
 * @throws EngineError `TooLarge` where it is nested deeper than 500 levels
 */
export function goFromJson(value: unknown, useNumber = false): GoValue {
  return fromJson(value, useNumber, 0);
}

const deepestJson = 500;

function fromJson(value: unknown, useNumber: boolean, depth: number): GoValue {
  if (depth > deepestJson)
    throw new EngineError('TooLarge', `the document nests deeper than ${deepestJson} levels`);
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return useNumber ? jsonNumber(value) : value;
  if (typeof value === 'bigint') return useNumber ? jsonNumber(value) : Number(value);
  if (Array.isArray(value))
    return goSlice(
      '[]interface {}',
      value.map((item) => fromJson(item, useNumber, depth + 1)),
    );
  const entries = Object.entries(value).map(
    ([name, item]) => [name, fromJson(item, useNumber, depth + 1)] as const,
  );
  return goMap('map[string]interface {}', new Map(entries));
}

const jsonNumberType = namedType('json.Number', 'string');

function jsonNumber(value: number | bigint): GoTyped {
  return goTyped(jsonNumberType, String(value), { String: textOfTyped });
}

function textOfTyped(receiver: GoValue): GoValue {
  return typeof receiver === 'object' && receiver.kind === 'typed' ? String(receiver.value) : '';
}

const boolType = goType('bool');
const stringType = goType('string');
const intType = goType('int');
const floatType = goType('float64');

/** The type that a value has, or nothing for the nil that has none. */
export function typeOf(value: GoValue): GoType | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'boolean':
      return boolType;
    case 'string':
      return stringType;
    case 'bigint':
      return intType;
    case 'number':
      return floatType;
    default:
      return value.type;
  }
}

export function typeName(value: GoValue): string {
  return typeOf(value)?.name ?? '<nil>';
}

/** What Go has in a variable that was given no value. */
export function zeroValue(type: GoType): GoValue {
  if (canBeNil(type)) return type.kind === 'interface' || type.kind === 'reflect' ? undefined : goNil(type);
  switch (type.kind) {
    case 'bool':
      return plainOr(type, 'bool', false);
    case 'string':
      return plainOr(type, 'string', '');
    case 'float':
      return plainOr(type, 'float64', 0);
    case 'struct':
      return goStruct(type.name, []);
    case 'complex':
      return goComplex(0, 0);
    default:
      return plainOr(type, 'int', 0n);
  }
}

function plainOr(type: GoType, plain: string, value: GoTyped['value']): GoValue {
  return type.name === plain ? value : goTyped(type, value);
}

function asType(type: string | GoType): GoType {
  return typeof type === 'string' ? goType(type) : type;
}
