import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

const interval = 100;

/**
 * Reads until what was read is accepted, and gives it.
 * @param patience milliseconds after which the last that was read is told as what is wrong
 */
export async function settled<T>(
  read: () => Promise<T>,
  accept: (value: T) => boolean,
  patience = 60_000,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (performance.now() > deadline) throw new Error(`still not as expected: ${inspect(value)}`);
    await delay(interval);
  }
}
