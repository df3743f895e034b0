import { Readable } from 'node:stream';
import { cancelled, EngineError, isEngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, Digester, digestAlgorithm } from '../oci/digest.ts';
import { discardBody } from './body.ts';
import { networkError, timedOut } from './networkError.ts';
import { backOffDelay, pause } from './retry.ts';
import type { Answer } from './transport.ts';

/** An answer whose body holds the blob's bytes from `start` on. */
export interface BlobPart {
  readonly answer: Answer;
  readonly start: number;
}

export interface BlobStreamOptions {
  readonly descriptor: Descriptor;
  /** First byte wanted. */
  readonly from: number;
  /** First byte not wanted any more. */
  readonly to: number;
  /** Asks for the blob from `position` on; may start earlier, where the server knows no ranges. */
  readonly open: (position: number, signal?: AbortSignal) => Promise<BlobPart>;
  /** Whether to hash; only a whole blob can be. */
  readonly verify: boolean;
  /** Milliseconds without a byte (while bytes are wanted) after which a connection is given up. */
  readonly idleTimeout: number;
  /** For messages: `ghcr.io/acme/app`. */
  readonly label: string;
  readonly signal?: AbortSignal | undefined;
}

/** Broken connections in a row that brought nothing. */
const maxFruitless = 4;
/** Broken connections altogether, and one more for each of these many bytes. */
const maxBreaks = 20;
const bytesPerBreak = 1024 * 1024;
const highWaterMark = 256 * 1024;

/**
 * A blob's bytes over as many connections as it takes: one that breaks is replaced by another that goes on where it
 * broke off. Never ends cleanly with another number of bytes than the descriptor (or range) says, nor, with `verify`,
 * with another digest. Chunks are passed on as they come: no copy, no promise, one timer.
 */
export async function openBlobStream(options: BlobStreamOptions): Promise<Readable> {
  const first = await options.open(options.from, options.signal);
  return new BlobStream(options, first);
}

class BlobStream extends Readable {
  readonly #options: BlobStreamOptions;
  readonly #digester: Digester | undefined;
  readonly #reopening = new AbortController();
  readonly #idle: NodeJS.Timeout;
  #part: BlobPart | undefined;
  /** Of the next byte that the current connection brings. */
  #arriving = 0;
  /** Of the next byte to pass on. */
  #position: number;
  #breaks = 0;
  #fruitless = 0;
  #positionAtOpen: number;

  constructor(options: BlobStreamOptions, first: BlobPart) {
    super({ highWaterMark });
    this.#options = options;
    this.#position = options.from;
    this.#positionAtOpen = options.from;
    const { digest } = options.descriptor;
    this.#digester = options.verify ? new Digester(digestAlgorithm(digest)) : undefined;
    this.#idle = setTimeout(() => this.#onIdle(), options.idleTimeout);
    options.signal?.addEventListener('abort', this.#onAbort);
    if (options.signal?.aborted) {
      discardBody(first.answer);
      this.#onAbort();
    } else this.#attach(first);
  }

  override _read(): void {
    const body = this.#part?.answer.body;
    if (!body?.isPaused()) return;
    this.#idle.refresh();
    body.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#idle);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#reopening.abort();
    this.#detach()?.answer.body.destroy();
    callback(error);
  }

  readonly #onAbort = () => {
    if (this.#options.signal) this.destroy(cancelled(this.#options.signal));
  };

  #attach(part: BlobPart): void {
    this.#part = part;
    this.#arriving = part.start;
    this.#positionAtOpen = this.#position;
    const { body } = part.answer;
    body.on('data', this.#onData);
    body.on('end', this.#onEnd);
    body.on('error', this.#onError);
    body.on('close', this.#onClose);
    this.#idle.refresh();
  }

  #detach(): BlobPart | undefined {
    const part = this.#part;
    this.#part = undefined;
    if (!part) return undefined;
    const { body } = part.answer;
    body.off('data', this.#onData);
    body.off('end', this.#onEnd);
    body.off('close', this.#onClose);
    body.off('error', this.#onError);
    return part;
  }

  readonly #onData = (chunk: Uint8Array) => {
    this.#idle.refresh();
    const offset = this.#arriving;
    this.#arriving += chunk.length;
    const end = this.#options.to;
    const wanted = offset < this.#position ? chunk.subarray(this.#position - offset) : chunk;
    if (wanted.length === 0) return;
    if (this.#position + wanted.length <= end) this.#pass(wanted);
    else if (end === this.#options.descriptor.size) this.#fail(this.#sizeError(this.#arriving));
    else this.#passLast(wanted.subarray(0, end - this.#position));
  };

  #pass(chunk: Uint8Array): void {
    this.#position += chunk.length;
    this.#digester?.update(chunk);
    if (!this.push(chunk)) this.#part?.answer.body.pause();
  }

  /** A server without ranges sends on behind the range; nobody waits for that. */
  #passLast(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#pass(chunk);
    this.#detach()?.answer.body.destroy();
    this.#finish();
  }

  readonly #onEnd = () => {
    const part = this.#detach();
    if (this.#position === this.#options.to) return this.#finish();
    const { headers } = part?.answer ?? {};
    // A body framed by chunks that ends properly is what the registry takes for the whole.
    if (headers?.get('transfer-encoding')) return this.#fail(this.#sizeError(this.#arriving));
    this.#reopen(networkError(undefined, this.#options.label));
  };

  readonly #onError = (error: Error) => this.#onBreak(error);

  readonly #onClose = () => this.#onBreak(undefined);

  #onBreak(error: Error | undefined): void {
    const host = this.#part?.answer.url.host ?? this.#options.label;
    this.#detach()?.answer.body.destroy();
    this.#reopen(networkError(error, host));
  }

  #onIdle(): void {
    const body = this.#part?.answer.body;
    this.#idle.refresh();
    if (!body || body.isPaused()) return;
    const host = this.#part?.answer.url.host ?? this.#options.label;
    this.#detach()?.answer.body.destroy();
    this.#reopen(timedOut(host, this.#options.idleTimeout));
  }

  #reopen(cause: EngineError): void {
    if (this.destroyed) return;
    this.#breaks++;
    this.#fruitless = this.#position > this.#positionAtOpen ? 1 : this.#fruitless + 1;
    if (this.#isHopeless(cause)) {
      this.#fail(cause);
      return;
    }
    this.#openAgain().then(
      (part) => (this.destroyed ? discardBody(part.answer) : this.#attach(part)),
      (error: unknown) => this.#fail(error instanceof Error ? error : cause),
    );
  }

  #isHopeless(cause: EngineError): boolean {
    if (this.#breaks > maxBreaks + this.#position / bytesPerBreak) return true;
    return this.#fruitless > (isEngineError(cause, 'TimedOut') ? 1 : maxFruitless);
  }

  async #openAgain(): Promise<BlobPart> {
    if (this.#fruitless > 1) await pause(backOffDelay(this.#fruitless), this.#reopening.signal);
    return this.#options.open(this.#position, this.#reopening.signal);
  }

  #finish(): void {
    clearTimeout(this.#idle);
    const { label, descriptor } = this.#options;
    const expected = descriptor.digest;
    const actual = this.#digester?.digest() ?? expected;
    if (actual === expected) this.push(null);
    else this.#fail(digestError(label, { expected, actual }));
  }

  #fail(error: Error): void {
    this.destroy(error);
  }

  #sizeError(actual: number): EngineError {
    return sizeError(this.#options.label, this.#options.descriptor, actual);
  }
}

function digestError(label: string, facts: { expected: Digest; actual: Digest }): EngineError {
  return new EngineError('DigestMismatch', `${label} sent other bytes than ${facts.expected}`, facts);
}

export function sizeError(label: string, { digest, size }: Descriptor, actual: number): EngineError {
  return new EngineError('DigestMismatch', `${label} sent another size than the ${size} bytes of ${digest}`, {
    expected: String(size),
    actual: String(actual),
  });
}
