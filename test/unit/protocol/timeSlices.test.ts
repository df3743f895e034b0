import assert from 'node:assert/strict';
import { timeSlices } from '../../../src/protocol/timeSlices.ts';

/** One item a millisecond of a clock of its own. */
async function slicesOf(items: number, milliseconds: number): Promise<(readonly number[])[]> {
  let time = 0;
  async function* source() {
    for (let item = 0; item < items; item++) {
      yield item;
      time++;
    }
  }
  return gathered(timeSlices(source(), milliseconds, () => time));
}

async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('slices in time', () => {
  it('give the first item at once and then what has gathered', async () => {
    assert.deepEqual(await slicesOf(8, 3), [[0], [1, 2, 3], [4, 5, 6], [7]]);
  });

  it('are none where nothing comes', async () => {
    assert.deepEqual(await slicesOf(0, 3), []);
  });

  it('end with their source', async () => {
    async function* broken() {
      yield 1;
      throw new Error('broken off');
    }
    await assert.rejects(gathered(timeSlices(broken())), /broken off/);
  });
});
