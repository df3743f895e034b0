import type { Contract, Failure, Handlers, ToPage, Validators } from './messages.ts';
import { asCount, asFields, asOneOf, asText, type Fields, MessageError } from './validate.ts';

export interface AnsweringOptions<P extends Contract> {
  readonly handlers: Handlers<P>;
  readonly validators: Validators<P>;
  /** Resolves when the message is on its way. */
  readonly post: (message: ToPage<P>) => PromiseLike<unknown>;
  /** Words what went wrong; never called for what was cancelled. */
  readonly failure: (error: unknown) => Failure;
}

/** The host's end: checks what a page says, runs what it asks for, and stops what it no longer wants. */
export class Answering<P extends Contract> {
  readonly #options: AnsweringOptions<P>;
  readonly #running = new Map<number, AbortController>();

  constructor(options: AnsweringOptions<P>) {
    this.#options = options;
  }

  /** @throws `MessageError` where the message is none of the contract's */
  async receive(message: unknown): Promise<void> {
    const fields = asFields(message, 'the message');
    const kind = asOneOf(fields.kind, ['request', 'cancel'], 'the kind');
    const id = asCount(fields.id, 'the id');
    if (kind === 'cancel') this.#running.get(id)?.abort();
    else await this.#request(id, fields);
  }

  /** The page is gone or cannot be seen: nobody waits for an answer any more. */
  cancelAll(): void {
    for (const running of this.#running.values()) running.abort();
    this.#running.clear();
  }

  async #request(id: number, fields: Fields): Promise<void> {
    const { handlers, validators } = this.#options;
    const method = asText(fields.method, 'the method');
    if (!Object.hasOwn(validators, method) || !Object.hasOwn(handlers, method))
      throw new MessageError(`there is no call ${method}`);
    if (this.#running.has(id)) throw new MessageError(`request ${id} is running already`);
    const params = validators[method]?.(fields.params);
    const running = new AbortController();
    this.#running.set(id, running);
    try {
      await this.#answer(id, method, params, running.signal);
    } finally {
      if (this.#running.get(id) === running) this.#running.delete(id);
    }
  }

  async #answer(id: number, method: string, params: unknown, signal: AbortSignal): Promise<void> {
    const { handlers, post, failure } = this.#options;
    const send = async (value: unknown) => {
      signal.throwIfAborted();
      await post({ kind: 'slice', id, value });
    };
    try {
      const value = await handlers[method]?.(params, send, signal);
      if (!signal.aborted) await post({ kind: 'result', id, value });
    } catch (error) {
      if (!signal.aborted) await post({ kind: 'error', id, failure: failure(error) });
    }
  }
}
