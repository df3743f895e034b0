import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { allOrNone } from '../../../src/engine/tasks/allOrNone.ts';

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('allOrNone', () => {
  it('works on a few at a time, each once', async () => {
    const done: number[] = [];
    let busy = 0;
    let busiest = 0;
    await allOrNone(
      Array.from({ length: 20 }, (_, n) => n),
      async (item) => {
        busiest = Math.max(busiest, ++busy);
        await later(1);
        busy--;
        done.push(item);
      },
    );
    assert.deepEqual(
      done.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, n) => n),
    );
    assert.ok(busiest > 1 && busiest <= 4, `${busiest} at a time`);
  });

  it('cancels the others at the first failure and throws that, once they have wound up', async () => {
    const ended: string[] = [];
    const work = async (item: string, _: number, signal: AbortSignal): Promise<void> => {
      if (item === 'bad') throw new Error('bad');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await later(5);
      ended.push(item);
      throw new Error('secondary');
    };
    await assert.rejects(allOrNone(['a', 'b', 'bad', 'c', 'd', 'e'], work), /^Error: bad$/);
    assert.deepEqual(ended.sort(), ['a', 'b', 'c']);
  });

  it('ends with Cancelled where the signal fires and nothing else fails', async () => {
    const controller = new AbortController();
    const work = async (): Promise<void> => controller.abort();
    await assert.rejects(allOrNone([1, 2], work, controller.signal), (error) =>
      isEngineError(error, 'Cancelled'),
    );
  });
});
