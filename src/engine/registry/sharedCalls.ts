import { abortError } from './networkError.ts';

interface SharedCall<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** Concurrent calls for the same key are one call, cancelled once everybody who waited for it has left. */
export class SharedCalls<T> {
  readonly #calls = new Map<string, SharedCall<T>>();

  async run(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) throw abortError(signal);
    const call = this.#calls.get(key) ?? this.#start(key, work);
    call.waiting++;
    try {
      return await raceAbort(call.result, signal);
    } finally {
      call.waiting--;
      if (call.waiting === 0) {
        this.#forget(key, call);
        call.controller.abort();
      }
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): SharedCall<T> {
    const controller = new AbortController();
    const call: SharedCall<T> = { controller, result: work(controller.signal), waiting: 0 };
    this.#calls.set(key, call);
    const forget = () => this.#forget(key, call);
    call.result.then(forget, forget);
    return call;
  }

  #forget(key: string, call: SharedCall<T>): void {
    if (this.#calls.get(key) === call) this.#calls.delete(key);
  }
}

function raceAbort<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return result;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    const settled = () => signal.removeEventListener('abort', onAbort);
    result.then(resolve, reject).finally(settled);
  });
}
