import { createHash } from 'node:crypto';
import { EngineError, isEngineError, throwIfCancelled } from '../errors.ts';
import { followLinks, isFolder, shown } from './followLinks.ts';
import type { LayerIndex } from './layerIndex.ts';
import type { SparseSegment } from './sparseMap.ts';
import { type LayerBlob, type LayerBytes, placeOf, tarBytes } from './tarBytes.ts';
import type { UnionNode, UnionTree } from './unionTree.ts';

/** Zeros of a hole that are given at a time, bytes. */
const holeBytes = 256 * 1024;

/**
 * The regular file that the path leads to.
 * @throws `NotFound` where nothing is there, `Invalid` where it is no file or links go round in circles, `Corrupt` where
 *   a hard link names nothing
 */
export function findFile(tree: UnionTree, path: Uint8Array, follow: boolean): UnionNode {
  const { node } = followLinks(tree, path, follow);
  if (node?.kind === 'file') return node;
  const what = isFolder(node) ? 'a folder' : whatItIs[node?.kind ?? 'directory'];
  if (what !== undefined) throw new EngineError('Invalid', `${shown(path)} is ${what}, not a file`);
  throw new EngineError('Corrupt', `${shown(path)} is a hard link to something that the image does not have`);
}

const whatItIs: Readonly<Record<string, string>> = {
  symlink: 'a symbolic link',
  character: 'a character device',
  block: 'a block device',
  fifo: 'a named pipe',
};

/** Where the bytes of a layer's tar come from. */
export interface TarSource {
  readonly blob: LayerBytes;
  /** The pieces are the caller's own. Throws as {@link tarBytes} does. */
  bytes(start: number, length: number, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>;
  /** Drops what is remembered of the layer; tells whether there was anything that could be wrong. */
  forget(): Promise<boolean>;
  /** Keeps nothing open for the next reader; for who has read all of it. */
  release(): Promise<void>;
}

/** Files up to so many bytes are held against their digest before the first byte is given. */
const maxHeldBytes = 4 * 1024 * 1024;

/**
 * The bytes of a regular file (or of a hard link to one) of a layer, holes as zeros, held against the content's digest:
 * of a small file before anything is given.
 * @param layer its file, or a source that remembers what it has unpacked
 * @param at entry number in the index
 * @throws `DigestMismatch` at the latest at the end where the layer's file is no longer what was indexed, and what
 *   {@link tarBytes} throws
 */
export function fileContent(
  layer: LayerBlob | TarSource,
  index: LayerIndex,
  at: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = 'file' in layer ? layerFile(layer) : layer;
  const read = index.size(at) > maxHeldBytes ? streamed : heldBack;
  return read(source, index, at, signal);
}

/** Remembers nothing. */
export function layerFile(blob: LayerBlob): TarSource {
  return {
    blob,
    bytes: (start, length, signal) => tarBytes(blob, start, length, signal),
    forget: async () => false,
    release: async () => undefined,
  };
}

/** What was remembered wrongly is read from the layer itself before anybody has seen it. */
async function* heldBack(
  source: TarSource,
  index: LayerIndex,
  at: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const whole = () => allOf(checked(source, index, at, signal));
  let pieces: readonly Uint8Array[];
  try {
    pieces = await whole();
  } catch (error) {
    if (!isEngineError(error, 'DigestMismatch') || !(await source.forget())) throw error;
    pieces = await whole();
  }
  for (const piece of pieces) {
    throwIfCancelled(signal);
    yield piece;
  }
}

async function allOf(pieces: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

/** What was remembered wrongly is not found by the next reader. */
async function* streamed(
  source: TarSource,
  index: LayerIndex,
  at: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* checked(source, index, at, signal);
  } catch (error) {
    if (isEngineError(error, 'DigestMismatch')) await source.forget();
    throw error;
  }
}

async function* checked(
  source: TarSource,
  index: LayerIndex,
  at: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  for await (const bytes of unpackedFile(source, index, at, signal)) {
    hash.update(bytes);
    yield bytes;
  }
  if (!hash.digest().equals(index.contentHash(at))) throw changedSince(source.blob, index);
}

export function changedSince(blob: LayerBytes, { diffId }: LayerIndex): EngineError {
  const message = `the layer ${diffId} has other bytes than when it was verified`;
  return new EngineError('DigestMismatch', message, placeOf(blob));
}

function unpackedFile(
  source: TarSource,
  index: LayerIndex,
  at: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const size = index.size(at);
  const segments = index.segments(at);
  const stored = segments ? segments.reduce((sum, { length }) => sum + length, 0) : size;
  const bytes = source.bytes(index.dataOffset(at), stored, signal);
  return segments ? withHoles(bytes, segments, size) : bytes;
}

/** Puts the stored bytes where they belong in a sparse file. */
async function* withHoles(
  stored: AsyncIterable<Uint8Array>,
  segments: readonly SparseSegment[],
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = 0;
  let next = 0;
  for await (let bytes of stored) {
    while (bytes.length > 0) {
      const segment = segments[next];
      if (!segment) throw new RangeError('a sparse file has no more bytes than its map');
      if (position < segment.offset) yield* zeros(segment.offset - position);
      position = Math.max(position, segment.offset);
      const piece = bytes.subarray(0, segment.offset + segment.length - position);
      yield piece;
      position += piece.length;
      bytes = bytes.subarray(piece.length);
      if (position === segment.offset + segment.length) next++;
    }
  }
  yield* zeros(size - position);
}

function* zeros(count: number): Generator<Uint8Array, void, undefined> {
  for (let left = count; left > 0; left -= holeBytes) yield new Uint8Array(Math.min(left, holeBytes));
}
