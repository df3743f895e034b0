import { EngineError } from '../errors.ts';

/**
 * Runs an operation under a total time limit, retries and waits included.
 * @throws `TimedOut` once it has passed
 */
export async function withDeadline<T>(
  milliseconds: number,
  host: string,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const passed = () => controller.abort(deadlinePassed(host, milliseconds));
  const timer = setTimeout(passed, milliseconds);
  const onAbort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function deadlinePassed(host: string, milliseconds: number): EngineError {
  return new EngineError('TimedOut', `${host} did not answer within ${milliseconds / 1000} s`, {
    registry: host,
  });
}
