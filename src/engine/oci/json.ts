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

/** Level by level, since going down would need the stack that this protects. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (level.length === 0) return false;
  }
  return true;
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

/** A non-negative integer that a double holds exactly. */
export function asSize(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw corrupt(what, 'a size');
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

export function asStringMap(value: unknown, what: string): Readonly<Record<string, string>> {
  const map: Record<string, string> = Object.create(null);
  for (const [key, item] of Object.entries(asObject(value, what)))
    map[key] = asString(item, `${what}.${key}`);
  return map;
}

function corrupt(what: string, wanted: string): EngineError {
  return new EngineError('Corrupt', `${what} must be ${wanted}`);
}
