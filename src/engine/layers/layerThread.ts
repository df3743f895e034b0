import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { cancelled, EngineError, ioError, throwIfCancelled } from '../errors.ts';
import type { LayerJob, LayerResult } from './layerJob.ts';
import { errorOfMessage, type FromWorker, type ToWorker } from './layerWorkerProtocol.ts';
import { SourcePump } from './sourcePump.ts';

/** Gives the layer's bytes from `offset` on. The signal fires when they are no longer wanted. */
export type OpenSource = (offset: number, signal: AbortSignal) => Promise<Readable>;

/** How long a worker may take to close its files when a job is broken off, milliseconds. */
const abortTime = 5_000;

/** One worker thread; reads one layer at a time. */
export class LayerThread {
  readonly #worker: Worker;
  #job: ThreadJob | undefined;
  #isUsable = true;

  constructor(workerFile: string | URL) {
    // Flags of the host (VS Code's inspector, loaders of a test runner) are not the worker's.
    this.#worker = new Worker(workerFile, {
      name: 'strata-layer',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker) => this.#job?.receive(message));
    this.#worker.on('error', (error) => this.#fail(workerError(error)));
    this.#worker.on('exit', () => this.#fail(new EngineError('Io', 'the layer worker stopped unexpectedly')));
  }

  /** False once the thread has crashed or been ended. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  async run(
    job: LayerJob,
    open: OpenSource | undefined,
    onProgress: (received: number) => void,
    signal: AbortSignal,
  ): Promise<LayerResult> {
    throwIfCancelled(signal);
    const send = (message: ToWorker, transfer: ArrayBuffer[] = []) =>
      this.#worker.postMessage(message, transfer);
    const current = new ThreadJob(send, open, onProgress);
    this.#job = current;
    // Only a job in progress keeps the process alive.
    this.#worker.ref();
    const abort = () => this.#breakOff(current, cancelled(signal));
    signal.addEventListener('abort', abort, { once: true });
    try {
      send({ kind: 'start', job });
      return await current.result;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#worker.unref();
      this.#job = undefined;
    }
  }

  async end(): Promise<void> {
    this.#isUsable = false;
    await this.#worker.terminate();
  }

  /** The worker answers once its files are closed; one that does not is ended. */
  #breakOff(job: ThreadJob, error: EngineError): void {
    job.breakOff(error);
    const timer = setTimeout(() => void this.end(), abortTime);
    job.result.catch(() => undefined).finally(() => clearTimeout(timer));
  }

  #fail(error: EngineError): void {
    this.#isUsable = false;
    this.#job?.fail(error);
  }
}

/** The host's end of one job. */
class ThreadJob {
  readonly result: Promise<LayerResult>;
  readonly #send: (message: ToWorker, transfer?: ArrayBuffer[]) => void;
  readonly #open: OpenSource | undefined;
  readonly #onProgress: (received: number) => void;
  readonly #pump: SourcePump;
  readonly #source = new AbortController();
  #resolve: (result: LayerResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  /** Why the job was broken off; what the worker says after that does not matter. */
  #reason: EngineError | undefined;

  constructor(
    send: (message: ToWorker, transfer?: ArrayBuffer[]) => void,
    open: OpenSource | undefined,
    onProgress: (received: number) => void,
  ) {
    this.#send = send;
    this.#open = open;
    this.#onProgress = onProgress;
    this.#pump = new SourcePump((chunks, transfer) => send({ kind: 'bytes', chunks }, transfer));
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  receive(message: FromWorker): void {
    switch (message.kind) {
      case 'open':
        void this.#feed(message.offset);
        break;
      case 'taken':
        this.#pump.taken(message.bytes);
        break;
      case 'done':
        this.#stopSource();
        this.#resolve(message.result);
        break;
      case 'failed':
        this.fail(errorOfMessage(message.error));
        break;
    }
  }

  fail(error: EngineError): void {
    this.#stopSource();
    this.#reject(this.#reason ?? error);
  }

  breakOff(error: EngineError): void {
    if (this.#reason) return;
    this.#reason = error;
    this.#stopSource();
    this.#send({ kind: 'abort' });
  }

  async #feed(offset: number): Promise<void> {
    try {
      if (await this.#pumpFrom(offset)) this.#send({ kind: 'end' });
    } catch (error) {
      if (!this.#source.signal.aborted) this.breakOff(ioError(error, 'the layer could not be fetched'));
    }
  }

  async #pumpFrom(offset: number): Promise<boolean> {
    if (!this.#open) throw new EngineError('Invalid', 'the layer job has neither a file nor a source');
    if (this.#source.signal.aborted) return false;
    const source = await this.#open(offset, this.#source.signal);
    const destroy = () => source.destroy();
    // Whoever opened it may still report the abort when nobody reads any more.
    source.on('error', () => undefined);
    this.#source.signal.addEventListener('abort', destroy, { once: true });
    if (this.#source.signal.aborted) destroy();
    let received = offset;
    this.#onProgress(received);
    return await this.#pump.run(source, (bytes) => {
      received += bytes;
      this.#onProgress(received);
    });
  }

  #stopSource(): void {
    this.#pump.stop();
    this.#source.abort();
  }
}

function workerError(error: unknown): EngineError {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new EngineError('TooLarge', 'the layer needs more memory than there is', {}, error);
  }
  const text = error instanceof Error ? error.message : String(error);
  return new EngineError('Io', `the layer worker stopped unexpectedly: ${text}`, {}, error);
}
