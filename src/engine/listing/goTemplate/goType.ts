/** What Go's `reflect.Kind` tells apart, with all sizes of a number as one. `reflect` is a parameter that takes anything as it stands. */
export type GoKind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'float'
  | 'complex'
  | 'string'
  | 'slice'
  | 'map'
  | 'struct'
  | 'pointer'
  | 'interface'
  | 'func'
  | 'reflect';

/** A Go type: its name as `%T` prints it, and as much of its build as templates can notice. */
export interface GoType {
  readonly kind: GoKind;
  /** `[]string`, `*types.ImageInspect`, `map[string]interface {}` */
  readonly name: string;
  /** The type that this one is made of: itself, unless it was named after another one (`strslice.StrSlice` → `[]string`). */
  readonly underlying: string;
  /** Of a slice, a map or a pointer. */
  readonly elem?: GoType;
  /** Of a map. */
  readonly key?: GoType;
}

const basicKinds: Readonly<Record<string, GoKind>> = {
  bool: 'bool',
  string: 'string',
  error: 'interface',
  'interface {}': 'interface',
  'reflect.Value': 'reflect',
  complex128: 'complex',
  ...kindOfEach('int', ['int', 'int8', 'int16', 'int32', 'int64']),
  ...kindOfEach('uint', ['uint', 'uint8', 'uint16', 'uint32', 'uint64', 'uintptr']),
  ...kindOfEach('float', ['float32', 'float64']),
};

function kindOfEach(kind: GoKind, names: readonly string[]): Record<string, GoKind> {
  return Object.fromEntries(names.map((name) => [name, kind]));
}

const known = new Map<string, GoType>();

/**
 * The type of that name. Names of no known form are structs.
 * @param name as `%T` prints it: `int`, `[]string`, `map[string]interface {}`, `*types.RootFS`, `func(string) string`
 */
export function goType(name: string): GoType {
  const found = known.get(name) ?? parseType(name);
  known.set(name, found);
  return found;
}

/** A type of an own name: `namedType('strslice.StrSlice', '[]string')`. From then on {@link goType} knows it too. */
export function namedType(name: string, underlying: string): GoType {
  const type = { ...goType(underlying), name };
  known.set(name, type);
  return type;
}

function parseType(name: string): GoType {
  const kind = Object.hasOwn(basicKinds, name) ? basicKinds[name] : undefined;
  if (kind !== undefined) return { kind, name, underlying: name };
  if (name.startsWith('[]')) return { kind: 'slice', name, underlying: name, elem: goType(name.slice(2)) };
  if (name.startsWith('*')) return { kind: 'pointer', name, underlying: name, elem: goType(name.slice(1)) };
  if (name.startsWith('map[')) return parseMapType(name);
  return { kind: name.startsWith('func(') ? 'func' : 'struct', name, underlying: name };
}

function parseMapType(name: string): GoType {
  const end = closingBracket(name, 'map'.length);
  const key = goType(name.slice('map['.length, end));
  return { kind: 'map', name, underlying: name, key, elem: goType(name.slice(end + 1)) };
}

function closingBracket(name: string, start: number): number {
  let depth = 0;
  for (let at = start; at < name.length; at += 1) {
    if (name[at] === '[') depth += 1;
    else if (name[at] === ']') depth -= 1;
    if (depth === 0) return at;
  }
  return name.length;
}

/** Whether a value of that type is nil without a value. */
export function canBeNil(type: GoType): boolean {
  return ['slice', 'map', 'pointer', 'interface', 'func', 'reflect'].includes(type.kind);
}

/** Go's assignability, for the types that templates meet. https://go.dev/ref/spec#Assignability */
export function isAssignable(from: GoType, to: GoType): boolean {
  if (from.name === to.name || to.name === 'interface {}') return true;
  return from.underlying === to.underlying && !(isNamed(from) && isNamed(to));
}

function isNamed(type: GoType): boolean {
  return !['slice', 'map', 'pointer', 'func'].includes(type.kind) || type.name !== type.underlying;
}
