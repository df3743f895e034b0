/** Node 20 has no `transfer`: there the garbage collector frees everything, later. */
interface Transferable {
  readonly byteLength: number;
  transfer?(length: number): ArrayBuffer;
}

/**
 * Frees the memory behind bytes that nobody will look at again, at once. The garbage collector would let some 64 MB of
 * such blocks gather in each thread. A piece that does not end where its memory ends is left alone: what follows it is
 * still in use.
 */
export function freeBytes(bytes: Uint8Array): void {
  const buffer: Transferable = bytes.buffer;
  if (bytes.byteOffset + bytes.byteLength === buffer.byteLength) buffer.transfer?.(0);
}
