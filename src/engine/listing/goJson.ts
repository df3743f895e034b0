/**
 * JSON as `docker inspect` prints it: four spaces a level, and the escapes that Go's encoder writes (`\u0008`, not `\b`).
 * What a terminal might obey is escaped too, which reads back as the same value.
 * https://pkg.go.dev/encoding/json#Indent
 */
export function goJsonLines(value: unknown): readonly string[] {
  const text = JSON.stringify(value, undefined, 4);
  return text
    .replace(/\\(?:u[0-9a-f]{4}|.)/g, (sequence) => goEscapes[sequence] ?? sequence)
    .replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
    .split('\n');
}

const goEscapes: Readonly<Record<string, string>> = { '\\b': '\\u0008', '\\f': '\\u000c' };
