import { isUtf8 } from 'node:buffer';

/**
 * A path's bytes as text. Bytes that are not UTF-8 become lone surrogates U+DC80…U+DCFF, one a byte, so that nothing is
 * lost and {@link encodePath} gives the same bytes again (Python's `surrogateescape`, PEP 383).
 */
export function decodePath(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString('utf8') : decodeBroken(buffer);
}

function decodeBroken(buffer: Buffer): string {
  let text = '';
  let at = 0;
  while (at < buffer.length) {
    const length = sequenceLength(buffer, at);
    text +=
      length === 0
        ? String.fromCharCode(0xdc00 + (buffer[at] ?? 0))
        : buffer.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return text;
}

/** Bytes of the UTF-8 sequence that starts here; 0 where none does. */
function sequenceLength(buffer: Buffer, at: number): number {
  const first = buffer[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const end = at + length;
  return end <= buffer.length && isUtf8(buffer.subarray(at, end)) ? length : 0;
}

/** The bytes that {@link decodePath} made the text from. */
export function encodePath(text: string): Uint8Array {
  if (!/[\ud800-\udfff]/.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    parts.push(code >= 0xdc80 && code <= 0xdcff ? Buffer.of(code - 0xdc00) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}
