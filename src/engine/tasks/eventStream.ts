import { cancelled } from '../errors.ts';
import { deferred } from './deferred.ts';

/**
 * Runs `work` and gives what it emits, in order, as it comes; ends when the work ends, throws what it throws. Leaving the
 * loop early fires the work's signal and waits for it to wind up. Events that nobody has read yet wait in memory, so
 * emit facts a person can follow, not bytes.
 */
export async function* eventStream<E>(
  work: (emit: (event: E) => void, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): AsyncGenerator<E, void, undefined> {
  const controller = new AbortController();
  const combined = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal;
  const waiting: E[] = [];
  let wake = deferred<void>();
  const emit = (event: E): void => {
    waiting.push(event);
    wake.resolve();
  };
  let ended = false;
  const running = work(emit, combined).finally(() => {
    ended = true;
    wake.resolve();
  });
  // Awaited below on every path; until then a failure must not count as unhandled.
  running.catch(() => undefined);
  try {
    while (!ended || waiting.length > 0) {
      if (waiting.length === 0) await wake.promise;
      wake = deferred<void>();
      yield* waiting.splice(0);
    }
  } finally {
    if (!ended) controller.abort(cancelled());
    await Promise.allSettled([running]);
  }
  await running;
}
