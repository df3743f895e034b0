import { EngineError } from '../errors.ts';

/** Untrusted JSON on its way to becoming a value. Every function throws `Corrupt`, naming the place. */
export type JsonObject = { readonly [key: string]: unknown };

/** Real documents nest a dozen levels; far more would exhaust the stack of whoever goes through the value. */
const maxDepth = 1000;

export function parseJson(bytes: Uint8Array | string, what: string): unknown {
  const value = parse(bytes, what);
  if (!isDeeper(value, maxDepth)) return value;
  throw new EngineError('Corrupt', `${what} is nested deeper than ${maxDepth} levels`);
}

function parse(bytes: Uint8Array | string, what: string): unknown {
  try {
    return JSON.parse(
      typeof bytes === 'string' ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    );
  } catch (error) {
    throw new EngineError('Corrupt', `${what} is not valid JSON`, {}, error);
  }
}

/** Goes down no further than `levels`, which the stack holds. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  // Thousands of objects are looked through: an array of each one's values would cost more than all the rest.
  if (Array.isArray(value)) return value.some((item) => levels === 0 || isDeeper(item, levels - 1));
  const object = value as JsonObject;
  for (const key in object) {
    if (levels === 0) return true;
    const item = object[key];
    if (typeof item === 'object' && isDeeper(item, levels - 1)) return true;
  }
  return false;
}

export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw corrupt(what, 'an object');
  return value as JsonObject;
}

export function asArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw corrupt(what, 'an array');
  return value;
}

export function asString(value: unknown, what: string): string {
  if (typeof value !== 'string') throw corrupt(what, 'a string');
  return value;
}

/** The text of a field that need not be there; its path is put together only for an error. */
export function stringField(object: JsonObject, name: string, what: string): string | undefined {
  const value = object[name];
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? undefined : asString(value, `${what}.${name}`);
}

/** A non-negative integer that a double holds exactly. */
export function asSize(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw corrupt(what, 'a size');
  return value;
}

/** An integer that a double holds exactly. */
export function asInteger(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw corrupt(what, 'a whole number');
  return value;
}

/** `undefined` and `null` (which Go writes for an empty value) are absent; anything else goes to the reader. */
export function optional<T>(
  value: unknown,
  what: string,
  read: (value: unknown, what: string) => T,
): T | undefined {
  return value === undefined || value === null ? undefined : read(value, what);
}

export function asStringArray(value: unknown, what: string): readonly string[] {
  return asArray(value, what).map((item, index) => asString(item, `${what}[${index}]`));
}

/** Without a prototype: it has no keys but its own. */
export function asStringMap(value: unknown, what: string): Readonly<Record<string, string>> {
  return { __proto__: null, ...asStrings(value, what) } as unknown as Record<string, string>;
}

/** The object itself: for maps that are only asked for names of our own, never for what somebody else has written. */
export function asStrings(value: unknown, what: string): Readonly<Record<string, string>> {
  const object = asObject(value, what);
  for (const key in object) if (typeof object[key] !== 'string') asString(object[key], `${what}.${key}`);
  return object as Readonly<Record<string, string>>;
}

function corrupt(what: string, wanted: string): EngineError {
  return new EngineError('Corrupt', `${what} must be ${wanted}`);
}
