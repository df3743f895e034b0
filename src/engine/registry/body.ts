import { tooLarge } from '../byteLimit.ts';
import { cancelled, type EngineError } from '../errors.ts';
import { networkError, timedOut } from './networkError.ts';
import type { Answer } from './transport.ts';

export interface ReadLimits {
  /** Bytes. */
  readonly limit: number;
  /** Milliseconds. */
  readonly idleTimeout: number;
  /** For messages: `the token of ghcr.io`. */
  readonly what: string;
}

/**
 * Reads a whole body into memory.
 * @throws `TooLarge` beyond the limit, `Offline`, `TimedOut`, `Cancelled`
 */
export function readBody(answer: Answer, limits: ReadLimits, signal?: AbortSignal): Promise<Uint8Array> {
  const { body, headers, url } = answer;
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const fail = (error: EngineError) => {
      finish();
      body.destroy();
      reject(error);
    };
    const onAbort = () => signal && fail(cancelled(signal));
    const timer = setTimeout(() => fail(timedOut(url.host, limits.idleTimeout)), limits.idleTimeout);
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    if (signal?.aborted) return onAbort();
    if (Number(headers.get('content-length')) > limits.limit)
      return fail(tooLarge(limits.what, limits.limit));
    signal?.addEventListener('abort', onAbort);
    body.on('data', (chunk: Uint8Array) => {
      timer.refresh();
      length += chunk.length;
      if (length > limits.limit) return fail(tooLarge(limits.what, limits.limit));
      chunks.push(chunk);
    });
    body.once('end', () => {
      finish();
      resolve(Buffer.concat(chunks, length));
    });
    body.once('error', (error) => fail(networkError(error, url.host)));
    body.once('close', () => fail(networkError(undefined, url.host)));
  });
}

const worthDraining = 64 * 1024;
const drainingTime = 2_000;

/** Lets go of an answer whose body nobody wants: a short one is read away so that its connection can be used again. */
export function discardBody({ body, headers }: Answer): void {
  const length = headers.get('content-length');
  // It failed after nobody wanted it any more.
  body.on('error', () => undefined);
  if (length === null || Number(length) > worthDraining) return void body.destroy();
  const timer = setTimeout(() => body.destroy(), drainingTime);
  body.once('close', () => clearTimeout(timer));
  body.resume();
}
