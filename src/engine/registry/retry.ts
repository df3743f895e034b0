import { setTimeout as sleep } from 'node:timers/promises';
import { cancelled, type EngineError, isEngineError, throwIfCancelled } from '../errors.ts';
import { isCertificateCode, networkCode } from './networkError.ts';
import type { Answer } from './transport.ts';

/** A `Retry-After` beyond this many milliseconds is not waited for but reported. */
export const longestRetryAfter = 60_000;
const maxAttempts = 5;
/** A refused connection or a silent peer seldom changes its mind within seconds, and a person waits. */
const maxRefusedAttempts = 3;
const maxSilentAttempts = 2;
const firstDelay = 200;
const longestDelay = 10_000;

/** `Retry-After` in either form: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3. `undefined` where it is neither. */
export function parseRetryAfter(value: string | null, now: Date = new Date()): Date | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,10}$/.test(text)) return new Date(now.getTime() + Number(text) * 1000);
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export function retryAfter(answer: Answer): Date | undefined {
  return parseRetryAfter(answer.headers.get('retry-after'));
}

/** Milliseconds to wait before trying again after this answer; `undefined` where it stands. */
export function delayAfterAnswer(answer: Answer, attempt: number): number | undefined {
  if (attempt >= maxAttempts || !isPassing(answer.status)) return undefined;
  const asked = retryAfter(answer);
  if (asked === undefined) return backOffDelay(attempt);
  const delay = asked.getTime() - Date.now();
  return delay > longestRetryAfter ? undefined : Math.max(delay, 0);
}

/** The same after a failure to get an answer at all. */
export function delayAfterFailure(error: EngineError, attempt: number): number | undefined {
  return attempt >= attemptsFor(error) ? undefined : backOffDelay(attempt);
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status === 500 || (status >= 502 && status <= 504);
}

function attemptsFor(error: EngineError): number {
  if (isEngineError(error, 'TimedOut')) return maxSilentAttempts;
  if (!isEngineError(error, 'Offline')) return 1;
  const code = networkCode(error) ?? '';
  if (code === 'ENOTFOUND' || code === 'EPROTO' || code.startsWith('ERR_SSL') || isCertificateCode(code))
    return 1;
  return code === 'ECONNREFUSED' ? maxRefusedAttempts : maxAttempts;
}

/** Doubles with each attempt, from 200 ms to 10 s, a fifth of it left to chance so that clients do not march in step. */
export function backOffDelay(attempt: number): number {
  const delay = Math.min(firstDelay * 2 ** (attempt - 1), longestDelay);
  return delay * (0.8 + 0.4 * Math.random());
}

/** When each host may be asked again: what one request is told, all requests to that host heed. */
export class HostPauses {
  readonly #until = new Map<string, number>();

  hold(host: string, milliseconds: number): void {
    this.#until.set(host, Math.max(this.#until.get(host) ?? 0, Date.now() + milliseconds));
  }

  /** @throws `Cancelled` */
  async pass(host: string, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    for (let rest = this.#rest(host); rest > 0; rest = this.#rest(host)) await pause(rest, signal);
  }

  #rest(host: string): number {
    const rest = (this.#until.get(host) ?? 0) - Date.now();
    if (rest <= 0) this.#until.delete(host);
    return rest;
  }
}

/** @throws `Cancelled` */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal && { signal });
  } catch (error) {
    throw signal?.aborted ? cancelled(signal) : error;
  }
}
