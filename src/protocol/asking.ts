import type { Contract, Event, Failure, ToHost, ToPage } from './messages.ts';

/** The host has answered that it cannot. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.text);
    this.failure = failure;
  }
}

interface Waiting {
  readonly slice: (value: never) => void;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export interface AskingOptions<P extends Contract> {
  readonly post: (message: ToHost<P>) => void;
  readonly onEvent?: (event: Event<P>) => void;
}

/** The page's end: asks, and hands each answer to who has asked. */
export class Asking<P extends Contract> {
  readonly #options: AskingOptions<P>;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(options: AskingOptions<P>) {
    this.#options = options;
  }

  /**
   * Rejects with `RequestFailed` where the host cannot answer, and with the signal's reason once it is aborted.
   * @param onSlice what comes before the answer, in order
   */
  ask<M extends keyof P['calls'] & string>(
    method: M,
    params: P['calls'][M]['params'],
    onSlice: (slice: P['calls'][M]['slice']) => void,
    signal: AbortSignal,
  ): Promise<P['calls'][M]['result']> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const cancel = () => {
        this.#waiting.delete(id);
        this.#options.post({ kind: 'cancel', id });
        reject(signal.reason);
      };
      const done = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          signal.removeEventListener('abort', cancel);
          settle(value);
        };
      };
      signal.addEventListener('abort', cancel, { once: true });
      this.#waiting.set(id, { slice: onSlice, resolve: done(resolve), reject: done(reject) });
      this.#options.post({ kind: 'request', id, method, params });
    });
  }

  /** Takes a message of the host's; answers that nobody waits for any more are dropped. */
  receive(message: ToPage<P>): void {
    if (message.kind === 'event') {
      this.#options.onEvent?.(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if (message.kind !== 'slice') this.#waiting.delete(message.id);
    if (message.kind === 'slice') waiting?.slice(message.value as never);
    else if (message.kind === 'result') waiting?.resolve(message.value as never);
    else waiting?.reject(new RequestFailed(message.failure));
  }
}
