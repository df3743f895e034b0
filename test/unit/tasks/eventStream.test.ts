import assert from 'node:assert/strict';
import { eventStream } from '../../../src/engine/tasks/eventStream.ts';

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
}

describe('eventStream', () => {
  it('gives every event in order, those emitted before anybody listened included', async () => {
    const stream = eventStream<number>(async (emit) => {
      emit(1);
      emit(2);
      await later(5);
      emit(3);
    });
    assert.deepEqual(await collect(stream), [1, 2, 3]);
  });

  it('throws what the work throws, after the events before it', async () => {
    const seen: number[] = [];
    const reading = (async () => {
      for await (const event of eventStream<number>(async (emit) => {
        emit(1);
        await later(1);
        throw new Error('broken');
      })) {
        seen.push(event);
      }
    })();
    await assert.rejects(reading, /broken/);
    assert.deepEqual(seen, [1]);
  });

  it('cancels the work when the loop is left, and waits until it has wound up', async () => {
    let woundUp = false;
    for await (const event of eventStream<number>(async (emit, signal) => {
      emit(1);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await later(10);
      woundUp = true;
    })) {
      assert.equal(event, 1);
      break;
    }
    assert.equal(woundUp, true);
  });

  it('hands the caller’s signal to the work', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 5);
    const stream = eventStream<never>(
      (_, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      controller.signal,
    );
    await assert.rejects(collect(stream), /enough/);
  });
});
