import { type EngineError, isEngineError } from '../errors.ts';

/**
 * Does the work again for as long as it fails by its source and `giveUp`, told why, says that there is another.
 * @throws what the work throws last; at once where it was cancelled, or this machine's disk failed
 */
export async function fromAnySource<T>(
  giveUp: ((error: EngineError) => boolean) | undefined,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isSources = isEngineError(error) && error.reason !== 'Cancelled' && error.reason !== 'Io';
      if (!isSources || !giveUp?.(error)) throw error;
    }
  }
}
