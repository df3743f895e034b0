import { isUtf8 } from 'node:buffer';

/**
 * The bytes of a Go string. A lone surrogate U+DC80…U+DCFF stands for one byte that is not UTF-8 (what a template's
 * `slice`, `truncate` or `"\xff"` can leave); any other one becomes U+FFFD.
 */
export function encodeText(text: string): Buffer {
  if (!hasStrays(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const run of text.split(/([\udc80-\udcff]+)/u))
    parts.push(/^[\udc80-\udcff]/u.test(run) ? strayBytes(run) : Buffer.from(run, 'utf8'));
  return Buffer.concat(parts);
}

function hasStrays(text: string): boolean {
  return /[\udc80-\udcff]/u.test(text);
}

function strayBytes(run: string): Buffer {
  return Buffer.from(Array.from(run, (stray) => stray.charCodeAt(0) - 0xdc00));
}

/** The Go string that has these bytes: the inverse of {@link encodeText}. */
export function decodeText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    parts.push(
      length === 0 ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : bytes.toString('utf8', at, at + length),
    );
    at += Math.max(length, 1);
  }
  return parts.join('');
}

function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const end = at + length;
  return end <= bytes.length && isUtf8(bytes.subarray(at, end)) ? length : 0;
}

/** Go's `len` of a string: bytes. */
export function byteLength(text: string): number {
  return hasStrays(text) ? encodeText(text).length : Buffer.byteLength(text, 'utf8');
}

/** Go's `text[from:to]`, in bytes. */
export function sliceBytes(text: string, from: number, to: number): string {
  return decodeText(encodeText(text).subarray(from, to));
}

/** Go's order of strings: by bytes, which is by code point. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const surrogates = /[\ud800-\udfff]/;
  if (surrogates.test(a) || surrogates.test(b)) return Buffer.compare(encodeText(a), encodeText(b));
  return a < b ? -1 : 1;
}
