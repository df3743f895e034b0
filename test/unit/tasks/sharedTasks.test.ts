import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { deferred } from '../../../src/engine/tasks/deferred.ts';
import { SharedTasks } from '../../../src/engine/tasks/sharedTasks.ts';

interface Progress {
  readonly part: string;
  readonly done: number;
}

describe('SharedTasks', () => {
  const newTasks = () => new SharedTasks<Progress, string>(({ part }) => part);
  const deaf = (): void => undefined;

  it('does work that is asked for twice once, and tells both', async () => {
    const tasks = newTasks();
    const gate = deferred<string>();
    let starts = 0;
    const work = async () => {
      starts++;
      return gate.promise;
    };
    const both = [tasks.run('k', work, deaf), tasks.run('k', work, deaf)];
    gate.resolve('result');
    assert.deepEqual(await Promise.all(both), ['result', 'result']);
    assert.equal(starts, 1);
  });

  it('tells a late watcher the newest of each kind, then what follows', async () => {
    const tasks = newTasks();
    const gate = deferred<void>();
    const heard: Progress[] = [];
    const first = tasks.run(
      'k',
      async (emit) => {
        emit({ part: 'a', done: 1 });
        emit({ part: 'b', done: 1 });
        emit({ part: 'a', done: 2 });
        await gate.promise;
        emit({ part: 'b', done: 2 });
        return '';
      },
      deaf,
    );
    await Promise.resolve().then(() => undefined);
    const second = tasks.run(
      'k',
      async () => 'never run',
      (event) => heard.push(event),
    );
    gate.resolve();
    await Promise.all([first, second]);
    assert.deepEqual(heard, [
      { part: 'b', done: 1 },
      { part: 'a', done: 2 },
      { part: 'b', done: 2 },
    ]);
  });

  it('goes on while one watcher is left, and is cancelled with the last', async () => {
    const tasks = newTasks();
    const [one, two] = [new AbortController(), new AbortController()];
    let cancelledAt: string | undefined;
    const work = (_: unknown, signal: AbortSignal) =>
      new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => {
          cancelledAt = two.signal.aborted ? 'second' : 'first';
          reject(signal.reason);
        });
      });
    const first = tasks.run('k', work, deaf, one.signal);
    const second = tasks.run('k', work, deaf, two.signal);
    one.abort();
    await assert.rejects(first, (error) => isEngineError(error, 'Cancelled'));
    assert.equal(cancelledAt, undefined);
    two.abort();
    await assert.rejects(second, (error) => isEngineError(error, 'Cancelled'));
    assert.equal(cancelledAt, 'second');
  });

  it('does not end for its last watcher before the cancelled work has wound up', async () => {
    const tasks = newTasks();
    const controller = new AbortController();
    let woundUp = false;
    const running = tasks.run(
      'k',
      async (_, signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await new Promise((resolve) => setTimeout(resolve, 20));
        woundUp = true;
        return '';
      },
      deaf,
      controller.signal,
    );
    setTimeout(() => controller.abort(), 5);
    await assert.rejects(running, (error) => isEngineError(error, 'Cancelled'));
    assert.equal(woundUp, true);
  });

  it('starts anew after a failure, and after an end', async () => {
    const tasks = newTasks();
    await assert.rejects(
      tasks.run('k', async () => Promise.reject(new Error('no')), deaf),
      /no/,
    );
    assert.equal(await tasks.run('k', async () => 'second', deaf), 'second');
    assert.equal(await tasks.run('k', async () => 'third', deaf), 'third');
  });

  it('refuses to begin where the signal has fired', async () => {
    await assert.rejects(
      newTasks().run('k', async () => 'x', deaf, AbortSignal.abort()),
      (error) => isEngineError(error, 'Cancelled'),
    );
  });
});
