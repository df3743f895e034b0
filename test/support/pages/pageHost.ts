// Runs in the page: what the hosts of all pages have in common, in the place of VS Code's.

import { Answering } from '../../../src/protocol/answering.ts';
import type { Contract, Failure, Handlers, ToPage, Validators } from '../../../src/protocol/messages.ts';

export interface HostOptions {
  /** Answers every question with this. */
  readonly failure?: Failure;
  /** Tells how far it has come, and nothing more. */
  readonly isSlow?: boolean;
}

interface PageGlobals<Options> {
  acquireVsCodeApi(): unknown;
  readonly hostOptions: Options;
  /** What the page kept, to be looked at and to be given to the next page. */
  keptState: unknown;
  /** Milliseconds since the navigation, when the host's own work was done. */
  hostReady: number;
  /** What the page has asked for, and `cancel` for each time that it did not want an answer any more. */
  asked: string[];
  postMessage(message: unknown, origin: string, transferred: readonly ArrayBufferLike[]): void;
}

/** As the test has it. */
export function hostOptions<Options>(): Options {
  return globals<Options>().hostOptions;
}

/** Is there for the page that this document loads. */
export function answerPage<P extends Contract>(validators: Validators<P>, handlers: Handlers<P>): void {
  const page = globals<HostOptions>();
  const answering = new Answering<P>({
    validators,
    handlers: withOptions(handlers, page.hostOptions),
    post: async (message) => page.postMessage(message, '*', buffersOf(message)),
    failure: () => page.hostOptions.failure ?? { kind: 'error', text: 'The host of the test failed.' },
  });
  page.asked = [];
  page.acquireVsCodeApi = () => ({
    getState: () => page.keptState,
    setState: (state: unknown) => {
      page.keptState = state;
    },
    postMessage: (message: { readonly method?: string; readonly kind: string }) => {
      page.asked.push(message.method ?? message.kind);
      void answering.receive(message);
    },
  });
  page.hostReady = performance.now();
}

function globals<Options>(): PageGlobals<Options> {
  return globalThis as unknown as PageGlobals<Options>;
}

function withOptions<P extends Contract>(
  handlers: Handlers<P>,
  { failure, isSlow }: HostOptions,
): Handlers<P> {
  if (failure) return every(handlers, () => Promise.reject(new Error(failure.text)));
  if (!isSlow) return handlers;
  const reading = { received: 3_000_000, total: 40_000_000 };
  return every(handlers, async (send) => {
    await send(reading);
    return new Promise<never>(() => undefined);
  });
}

function every<P extends Contract>(
  handlers: Handlers<P>,
  answer: (send: (slice: unknown) => Promise<void>) => Promise<never>,
): Handlers<P> {
  const own = (_: unknown, send: (slice: unknown) => Promise<void>) => answer(send);
  const all: unknown = Object.fromEntries(Object.keys(handlers).map((method) => [method, own]));
  return all as Handlers<P>;
}

/** Handed over and not copied, as VS Code does: copying them would be the page's work here. */
function buffersOf<P extends Contract>(message: ToPage<P>): readonly ArrayBufferLike[] {
  if (message.kind !== 'slice') return [];
  return Object.values(message.value as object).flatMap((column) =>
    ArrayBuffer.isView(column) ? [column.buffer] : [],
  );
}
