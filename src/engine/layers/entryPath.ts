import { limitText } from '../byteLimit.ts';
import { EngineError } from '../errors.ts';
import { decodePath } from './entryText.ts';
import { maxPathBytes, maxPathDepth } from './limits.ts';

const slash = 0x2f;
const dot = 0x2e;

/**
 * A tar entry's name as the index keeps it: absolute, without `.` parts, doubled or trailing slashes; the root is empty.
 * @throws `Corrupt` where a part is `..`, `TooLarge` where the path is too long or too deep.
 */
export function normalPath(name: Uint8Array): Uint8Array {
  if (name.length > 2 * maxPathBytes) throw tooLong(name);
  const out = Buffer.allocUnsafe(name.length + 1);
  let length = 0;
  let depth = 0;
  let at = 0;
  while (at < name.length) {
    const end = partEnd(name, at);
    if (!isSkipped(name, at, end)) {
      if (isParent(name, at, end)) throw escaping(name);
      out[length++] = slash;
      for (let from = at; from < end; from++) out[length++] = name[from] ?? 0;
      depth++;
    }
    at = end + 1;
  }
  if (length > maxPathBytes) throw tooLong(name);
  if (depth > maxPathDepth) throw tooDeep(name);
  return out.subarray(0, length);
}

function partEnd(name: Uint8Array, start: number): number {
  // Parts are short: a loop is quicker than a call out of JavaScript.
  let end = start;
  while (end < name.length && name[end] !== slash) end++;
  return end;
}

/** An empty part or `.`. */
function isSkipped(name: Uint8Array, start: number, end: number): boolean {
  return end === start || (end === start + 1 && name[start] === dot);
}

function isParent(name: Uint8Array, start: number, end: number): boolean {
  return end === start + 2 && name[start] === dot && name[start + 1] === dot;
}

function shown(name: Uint8Array): string {
  return JSON.stringify(decodePath(name.subarray(0, 200)));
}

function escaping(name: Uint8Array): EngineError {
  return new EngineError('Corrupt', `the layer has an entry whose path leaves its folder: ${shown(name)}`, {
    path: decodePath(name),
  });
}

function tooLong(name: Uint8Array): EngineError {
  return new EngineError(
    'TooLarge',
    `the layer has a path of more than ${limitText(maxPathBytes)}: ${shown(name)}…`,
  );
}

function tooDeep(name: Uint8Array): EngineError {
  return new EngineError(
    'TooLarge',
    `the layer has a path deeper than ${maxPathDepth} folders: ${shown(name)}`,
  );
}
