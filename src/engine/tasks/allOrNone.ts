import { cancelled, throwIfCancelled } from '../errors.ts';

/** As many layers on their way at once; the workers set the pace, this bounds what waits for them. */
const sideBySide = 4;

/**
 * Runs the work for every item, a few at a time and in order of the items. The first failure cancels the rest, which is
 * waited for before the failure is thrown.
 */
export function allOrNone<T>(
  items: readonly T[],
  work: (item: T, position: number, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  return allOrNoneOf(sideBySide, items, work, signal);
}

/** As {@link allOrNone}, so many at a time. */
export async function allOrNoneOf<T>(
  atOnce: number,
  items: readonly T[],
  work: (item: T, position: number, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  const combined = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal;
  const queue = items.entries();
  let failure: { readonly error: unknown } | undefined;
  const runner = async (): Promise<void> => {
    for (const [position, item] of queue) {
      if (combined.aborted) return;
      try {
        await work(item, position, combined);
      } catch (error) {
        failure ??= { error };
        controller.abort(cancelled());
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runner));
  if (failure) throw failure.error;
  throwIfCancelled(signal);
}
