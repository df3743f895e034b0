import { EngineError } from '../errors.ts';
import { decodePath } from './entryText.ts';

/**
 * What an entry's name means in a layer. https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md#whiteouts
 * - `entry`: nothing special;
 * - `whiteout`: `path` is deleted from the layers below;
 * - `opaque`: all that the layers below have in the folder `path` is deleted;
 * - `metadata`: AUFS's own files, which Docker ignores.
 */
export interface NameMeaning {
  readonly kind: 'entry' | 'whiteout' | 'opaque' | 'metadata';
  readonly path: Uint8Array;
}

const whiteoutPrefix = Buffer.from('.wh.');
const metadataPrefix = Buffer.from('.wh..wh.');
const opaqueName = Buffer.from('.wh..wh..opq');
const metadataPart = Buffer.from('/.wh..wh.');

/** `path` is normal (absolute, no trailing slash). @throws `Corrupt` where a whiteout hides nothing that has a name. */
export function meaningOf(path: Uint8Array): NameMeaning {
  if (!hasHiddenPart(path)) return { kind: 'entry', path };
  const parent = path.lastIndexOf(0x2f);
  const name = path.subarray(parent + 1);
  if (bufferOf(path.subarray(0, parent)).indexOf(metadataPart) >= 0) return { kind: 'metadata', path };
  if (!startsWith(name, whiteoutPrefix)) return { kind: 'entry', path };
  if (bufferOf(name).equals(opaqueName)) return { kind: 'opaque', path: path.subarray(0, parent) };
  if (startsWith(name, metadataPrefix)) return { kind: 'metadata', path };
  return { kind: 'whiteout', path: hiddenPath(path, parent, name.subarray(whiteoutPrefix.length)) };
}

/** Whether a part begins with `.w`: nearly none does, and only then is it worth while to look closer. */
function hasHiddenPart(path: Uint8Array): boolean {
  for (let at = 0; at + 2 < path.length; at++)
    if (path[at] === 0x2f && path[at + 1] === 0x2e && path[at + 2] === 0x77) return true;
  return false;
}

function hiddenPath(path: Uint8Array, parent: number, name: Uint8Array): Uint8Array {
  const isDots = name.length <= 2 && name.every((byte) => byte === 0x2e);
  if (isDots) {
    const text = decodePath(path);
    throw new EngineError('Corrupt', `the layer has a whiteout without a name: ${JSON.stringify(text)}`, {
      path: text,
    });
  }
  return Buffer.concat([path.subarray(0, parent + 1), name]);
}

function startsWith(name: Uint8Array, prefix: Uint8Array): boolean {
  return name.length >= prefix.length && bufferOf(name.subarray(0, prefix.length)).equals(prefix);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
