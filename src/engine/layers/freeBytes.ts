import * as threads from 'node:worker_threads';

/** Node 20 has no `transfer`: there the garbage collector frees everything, later. */
type Transferable = ArrayBufferLike & { transfer?(length: number): ArrayBufferLike };

/**
 * Frees the memory behind bytes that nobody will look at again, at once. The garbage collector would let some 64 MB of
 * such blocks gather in each thread. Two kinds are left alone: a piece that does not end where its memory ends, for what
 * follows it is still in use, and pieces of Node's pool (which is marked), whose neighbours are somebody else's.
 */
export function freeBytes(bytes: Uint8Array): void {
  const buffer: Transferable = bytes.buffer;
  const isLast = bytes.byteOffset + bytes.byteLength === buffer.byteLength;
  if (isLast && buffer.transfer && !threads.isMarkedAsUntransferable(buffer)) buffer.transfer(0);
}
