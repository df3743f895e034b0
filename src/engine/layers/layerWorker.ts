import { type MessagePort, parentPort } from 'node:worker_threads';
import { cancelled } from '../errors.ts';
import { freeBytes } from './freeBytes.ts';
import { IngestFile, piecesOfFile } from './layerFile.ts';
import type { LayerJob, LayerResult } from './layerJob.ts';
import { LayerPass } from './layerPass.ts';
import { batchBytes, errorMessage, type FromWorker, type ToWorker } from './layerWorkerProtocol.ts';
import { TablePass } from './tablePass.ts';

/** The worker's entry: one job after the other, as the host sends them. */
function serve(port: MessagePort): void {
  let source = new SentSource(port);
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'start':
        source = new SentSource(port);
        void answer(port, message.job, source);
        break;
      case 'bytes':
        source.add(message.chunks);
        break;
      case 'end':
        source.end();
        break;
      case 'abort':
        source.abort();
        break;
    }
  });
}

async function answer(port: MessagePort, job: LayerJob, source: SentSource): Promise<void> {
  const send = (message: FromWorker) => port.postMessage(message);
  try {
    send({ kind: 'done', result: await run(job, source) });
  } catch (error) {
    send({ kind: 'failed', error: errorMessage(error) });
  }
}

type Pass = LayerPass | TablePass;

async function run(job: LayerJob, source: SentSource): Promise<LayerResult> {
  const pass = job.table ? new TablePass(job, job.table) : new LayerPass(job);
  try {
    if (job.file === undefined) await receive(job, source, pass);
    else await readThrough(piecesOfFile(job.file, job.section), source, pass);
    return await pass.finish();
  } catch (error) {
    await pass.abort();
    throw error;
  }
}

/** What an earlier attempt has left, then what the host sends. */
async function receive(job: LayerJob, source: SentSource, pass: Pass): Promise<void> {
  using ingest = job.ingest && IngestFile.open(job.ingest.path, job.ingest.offset);
  if (ingest) await readThrough(ingest.pieces(), source, pass);
  const offset = ingest?.length ?? 0;
  if (offset === job.descriptor.size && offset > 0) return;
  for await (const bytes of source.open(offset)) {
    ingest?.append(bytes);
    await pass.push(bytes);
  }
}

async function readThrough(pieces: Iterable<Uint8Array>, source: SentSource, pass: Pass): Promise<void> {
  for (const piece of pieces) {
    source.throwIfAborted();
    await pass.push(piece);
    // An uncompressed layer never waits; without this an abort would not be heard.
    await new Promise(setImmediate);
  }
  source.throwIfAborted();
}

/** The bytes of a job as the host sends them. */
class SentSource {
  readonly #port: MessagePort;
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #state: 'open' | 'ended' | 'aborted' = 'open';
  #wake: () => void = () => undefined;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  add(chunks: readonly Uint8Array[]): void {
    this.#chunks.push(...chunks);
    for (const chunk of chunks) this.#waiting += chunk.length;
    this.#wake();
  }

  end(): void {
    this.#state = 'ended';
    this.#wake();
  }

  abort(): void {
    this.#state = 'aborted';
    this.#wake();
  }

  throwIfAborted(): void {
    if (this.#state === 'aborted') throw cancelled();
  }

  /** Asks the host for the bytes from `offset` on and gives them in pieces worth their overhead. */
  async *open(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    this.#send({ kind: 'open', offset });
    for (;;) {
      await this.#arrival();
      const chunks = this.#chunks.splice(0);
      const bytes = Buffer.concat(chunks);
      for (const chunk of chunks) freeBytes(chunk);
      const { length } = bytes;
      this.#waiting = 0;
      if (length === 0) return;
      yield bytes;
      this.#send({ kind: 'taken', bytes: length });
    }
  }

  /** Until there is a batch or nothing more will come. */
  async #arrival(): Promise<void> {
    this.throwIfAborted();
    while (this.#waiting < batchBytes && this.#state === 'open') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.throwIfAborted();
    }
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}

if (parentPort) serve(parentPort);
