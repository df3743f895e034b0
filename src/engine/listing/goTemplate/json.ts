import { formatFloat } from './formatFloat.ts';
import { sortedEntries, withoutInterface } from './formatValue.ts';
import type { GoField, GoSlice, GoTyped, GoValue } from './goValue.ts';
import { isTrue } from './reflection.ts';

/**
 * Go's `encoding/json` without its HTML escapes, as Docker's `json` function has it. Nothing where Go refuses the value
 * (functions, complex numbers, NaN).
 * https://pkg.go.dev/encoding/json#Marshal
 */
export function goJson(value: GoValue): string | undefined {
  switch (typeof value) {
    case 'undefined':
      return 'null';
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'string':
      return jsonText(value);
    case 'number':
      return jsonFloat(value, 64);
    default:
      return jsonObject(value);
  }
}

function jsonObject(value: object & GoValue): string | undefined {
  switch (value.kind) {
    case 'typed':
      return jsonTyped(value);
    case 'slice':
      return value.isNil ? 'null' : jsonSlice(value);
    case 'map':
      return value.isNil ? 'null' : jsonMembers(sortedEntries(value));
    case 'struct':
      return value.marshalJson === undefined
        ? jsonMembers(value.fields.flatMap(jsonField))
        : escapedForHtml(goJson(value.marshalJson()));
    case 'pointer':
      return goJson(value.target);
    case 'interface':
      return goJson(withoutInterface(value));
    default:
      return undefined;
  }
}

/** A `MarshalJSON` writes with Go's plain `json.Marshal`, whose escapes stay whoever asked for it. */
function escapedForHtml(json: string | undefined): string | undefined {
  return json?.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function jsonTyped(value: GoTyped): string | undefined {
  if (value.type.name === 'json.Number') return value.value === '' ? '0' : String(value.value);
  return value.type.underlying === 'float32' ? jsonFloat(Number(value.value), 32) : goJson(value.value);
}

function jsonSlice(slice: GoSlice): string | undefined {
  if (slice.type.elem?.name === 'uint8') return jsonBytes(slice);
  const items = slice.items.map(goJson);
  return items.includes(undefined) ? undefined : `[${items.join(',')}]`;
}

function jsonBytes(slice: GoSlice): string {
  const bytes = slice.items.map((item) =>
    typeof item === 'object' && item.kind === 'typed' ? Number(item.value) : 0,
  );
  return `"${Buffer.from(bytes).toString('base64')}"`;
}

function jsonMembers(members: readonly (readonly [string, GoValue])[]): string | undefined {
  const parts = members.map(([name, value]) => [jsonText(name), goJson(value)] as const);
  return parts.some(([, value]) => value === undefined)
    ? undefined
    : `{${parts.map(([name, value]) => `${name}:${value}`).join(',')}}`;
}

/** A field by its tag: `Id`, `Id,omitempty`, `-`. Small letters are for the package that wrote them. */
function jsonField(field: GoField): readonly (readonly [string, GoValue])[] {
  const [name, ...options] = (field.json ?? '').split(',');
  if (field.json === '-' || !/^\p{Lu}/u.test(field.name)) return [];
  if (options.includes('omitempty') && isEmpty(field.value)) return [];
  return [[name === '' || name === undefined ? field.name : name, field.value]];
}

/** What `omitempty` leaves out: structs never are. */
function isEmpty(value: GoValue): boolean {
  return !isTrue(
    typeof value === 'object' && value.kind === 'interface'
      ? value.value === undefined
        ? undefined
        : true
      : value,
  );
}

function jsonFloat(value: number, bits: 32 | 64): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const size = Math.abs(value);
  const isWide = size !== 0 && (size < 1e-6 || size >= 1e21);
  return formatFloat(value, isWide ? 'e' : 'f', -1, bits).replace(/e-0(\d)$/, 'e-$1');
}

const jsonEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function jsonText(text: string): string {
  return `"${text.replace(/["\\\0-\x1f\u2028\u2029\ud800-\udfff]/gu, jsonEscape)}"`;
}

function jsonEscape(character: string): string {
  const named = jsonEscapes[character];
  if (named !== undefined) return named;
  const code = character.charCodeAt(0);
  return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
}
