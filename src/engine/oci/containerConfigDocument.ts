import { EngineError } from '../errors.ts';
import { asObject, asString, asStringArray, asStringMap, type JsonObject } from './json.ts';

/** How Go reads a field and writes it again: nothing, `null` and the empty value are three different things. */
export type FieldType =
  | 'string'
  | 'boolean'
  | 'integer'
  /** A pointer to one: 0 is not empty. */
  | 'integer or null'
  | 'strings'
  /** Strings, or one alone. */
  | 'words'
  /** An object of empty objects. */
  | 'set'
  | 'texts'
  | 'health';

export interface ConfigField {
  readonly name: string;
  readonly type: FieldType;
  /** The empty value is not written. */
  readonly omitEmpty?: true;
}

/**
 * The fields of a container's config in Docker's order.
 * https://github.com/moby/moby/blob/v20.10.24/api/types/container/config.go
 */
export const containerConfigFields: readonly ConfigField[] = [
  { name: 'Hostname', type: 'string' },
  { name: 'Domainname', type: 'string' },
  { name: 'User', type: 'string' },
  { name: 'AttachStdin', type: 'boolean' },
  { name: 'AttachStdout', type: 'boolean' },
  { name: 'AttachStderr', type: 'boolean' },
  { name: 'ExposedPorts', type: 'set', omitEmpty: true },
  { name: 'Tty', type: 'boolean' },
  { name: 'OpenStdin', type: 'boolean' },
  { name: 'StdinOnce', type: 'boolean' },
  { name: 'Env', type: 'strings' },
  { name: 'Cmd', type: 'words' },
  { name: 'Healthcheck', type: 'health', omitEmpty: true },
  { name: 'ArgsEscaped', type: 'boolean', omitEmpty: true },
  { name: 'Image', type: 'string' },
  { name: 'Volumes', type: 'set' },
  { name: 'WorkingDir', type: 'string' },
  { name: 'Entrypoint', type: 'words' },
  { name: 'NetworkDisabled', type: 'boolean', omitEmpty: true },
  { name: 'MacAddress', type: 'string', omitEmpty: true },
  { name: 'OnBuild', type: 'strings' },
  { name: 'Labels', type: 'texts' },
  { name: 'StopSignal', type: 'string', omitEmpty: true },
  { name: 'StopTimeout', type: 'integer or null', omitEmpty: true },
  { name: 'Shell', type: 'words', omitEmpty: true },
];

/** A health check: spans of time are nanoseconds. */
export const healthFields: readonly ConfigField[] = [
  { name: 'Test', type: 'strings', omitEmpty: true },
  { name: 'Interval', type: 'integer', omitEmpty: true },
  { name: 'Timeout', type: 'integer', omitEmpty: true },
  { name: 'StartPeriod', type: 'integer', omitEmpty: true },
  { name: 'Retries', type: 'integer', omitEmpty: true },
];

/**
 * A container's config as Docker writes it: all fields in its order, those that are missing with Go's empty value.
 * @param what names it in errors: `config`
 * @throws `Corrupt` where a field has another type
 */
export function containerConfigDocument(value: unknown, what: string): JsonObject {
  return structDocument(containerConfigFields, value, what);
}

function structDocument(fields: readonly ConfigField[], value: unknown, what: string): JsonObject {
  const object = asObject(value ?? {}, what);
  return Object.fromEntries(
    fields.flatMap((field) => {
      const written = fieldDocument(field, goField(object, field.name), `${what}.${field.name}`);
      return written === undefined ? [] : [[field.name, written]];
    }),
  );
}

/** As Go's decoder finds it: by the exact name, else by one that differs in case only. */
export function goField(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const folded = name.toLowerCase();
  return Object.entries(object).findLast(([key]) => key.toLowerCase() === folded)?.[1];
}

function fieldDocument({ type, omitEmpty }: ConfigField, value: unknown, what: string): unknown {
  const read = value === undefined || value === null ? emptyValue(type) : readValue(type, value, what);
  return omitEmpty && isEmpty(type, read) ? undefined : read;
}

function emptyValue(type: FieldType): unknown {
  if (type === 'string') return '';
  if (type === 'integer') return 0;
  return type === 'boolean' ? false : null;
}

function readValue(type: FieldType, value: unknown, what: string): unknown {
  switch (type) {
    case 'string':
      return asString(value, what);
    case 'boolean':
      return requireType(value, typeof value === 'boolean', what, 'true or false');
    case 'integer':
    case 'integer or null':
      return requireType(value, Number.isInteger(value), what, 'a whole number');
    case 'strings':
      return asStringArray(value, what);
    case 'words':
      return typeof value === 'string' ? [value] : asStringArray(value, what);
    case 'set':
      return sortedMap(asObject(value, what), () => ({}));
    case 'texts':
      return sortedMap(asStringMap(value, what), (text) => text);
    case 'health':
      return structDocument(healthFields, value, what);
  }
}

/** A pointer is empty only where it points nowhere. */
function isEmpty(type: FieldType, value: unknown): boolean {
  if (type === 'health' || type === 'integer or null') return value === null;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return !value;
}

function requireType<T>(value: T, isRight: boolean, what: string, wanted: string): T {
  if (isRight) return value;
  throw new EngineError('Corrupt', `${what} must be ${wanted}`);
}

function sortedMap<T, R>(map: Readonly<Record<string, T>>, convert: (value: T) => R): Record<string, R> {
  const keys = Object.keys(map).sort(compareBytes);
  return Object.fromEntries(keys.map((key) => [key, convert(map[key] as T)]));
}

/** Go sorts keys by their bytes. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
