import type { Readable } from 'node:stream';
import * as threads from 'node:worker_threads';
import { batchBytes, bytesInFlight } from './layerWorkerProtocol.ts';

/**
 * Hands a stream's chunks to a worker: in batches, by transfer, and never more at a time than {@link bytesInFlight}
 * bytes, so that a worker that is slower than the network slows the socket down.
 */
export class SourcePump {
  readonly #send: (chunks: Uint8Array[], transfer: ArrayBuffer[]) => void;
  #batch: Uint8Array[] = [];
  #batched = 0;
  #inFlight = 0;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(send: (chunks: Uint8Array[], transfer: ArrayBuffer[]) => void) {
    this.#send = send;
  }

  /** The worker has worked off so many bytes. */
  taken(bytes: number): void {
    this.#inFlight -= bytes;
    this.#wake();
  }

  /** Ends {@link run}, which then gives false. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /** Reads the stream to its end and destroys it. `received` is called with the bytes of each chunk. */
  async run(source: Readable, received: (bytes: number) => void): Promise<boolean> {
    for await (const chunk of source) {
      if (this.#stopped) return false;
      received(this.#add(chunk as Uint8Array));
      if (this.#batched >= batchBytes) this.#flush();
      while (this.#inFlight >= bytesInFlight && !this.#stopped) await this.#room();
    }
    this.#flush();
    return !this.#stopped;
  }

  #add(chunk: Uint8Array): number {
    const { byteLength } = chunk;
    this.#batch.push(ownsItsMemory(chunk) ? chunk : new Uint8Array(chunk));
    this.#batched += byteLength;
    return byteLength;
  }

  #flush(): void {
    if (this.#batched === 0) return;
    const batch = this.#batch;
    this.#inFlight += this.#batched;
    this.#batch = [];
    this.#batched = 0;
    this.#send(
      batch,
      batch.map(({ buffer }) => buffer as ArrayBuffer),
    );
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** A socket's chunk has an ArrayBuffer of its own; a piece of Node's pool has not. */
function ownsItsMemory({ buffer, byteLength }: Uint8Array): boolean {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !isUntransferable(buffer);
}

/** Node 20 cannot tell, and clones such a buffer. */
function isUntransferable(buffer: ArrayBuffer): boolean {
  return typeof threads.isMarkedAsUntransferable === 'function' && threads.isMarkedAsUntransferable(buffer);
}
