import assert from 'node:assert/strict';
import { deferred } from '../../../src/engine/tasks/deferred.ts';
import { GrowingList } from '../../../src/ui/views/registries/growingList.ts';
import { nameFilter } from '../../../src/ui/views/registries/nameFilter.ts';

const longEnough = 20_000;

describe('a list that grows', () => {
  it('is read once, to its end, and tells nobody who has seen all', async () => {
    let told = 0;
    const list = new GrowingList(
      async function* () {
        yield* [1, 2, 3];
      },
      () => told++,
    );
    await list.settled(longEnough);
    await list.settled(longEnough);
    assert.deepEqual([list.items, list.isGrowing, list.error, told], [[1, 2, 3], false, undefined, 0]);
  });

  it('shows what has come, and tells of the end whoever saw less', async () => {
    const rest = deferred<void>();
    const told = deferred<void>();
    const list = new GrowingList(async function* () {
      yield 'first';
      await rest.promise;
      yield 'last';
    }, told.resolve);
    await list.settled(1);
    assert.deepEqual([list.items, list.isGrowing], [['first'], true]);
    rest.resolve();
    await told.promise;
    await list.settled(longEnough);
    assert.deepEqual([list.items, list.isGrowing], [['first', 'last'], false]);
  });

  it('keeps what came before a failure, and the failure', async () => {
    const failure = new Error('broken');
    const list = new GrowingList(
      async function* () {
        yield 1;
        throw failure;
      },
      () => undefined,
    );
    await list.settled(longEnough);
    assert.deepEqual([list.items, list.isGrowing], [[1], false]);
    assert.equal(list.error, failure);
  });

  it('cancels its source and tells nothing once it is given up', async () => {
    const cancelled = deferred<void>();
    const list = new GrowingList<number>(
      async function* (signal) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        cancelled.resolve();
        yield 1;
      },
      () => assert.fail('told'),
    );
    await list.settled(1);
    list[Symbol.dispose]();
    await cancelled.promise;
    await list.settled(longEnough);
  });
});

describe('a filter of names', () => {
  const cases: readonly (readonly [filter: string, name: string, fits: boolean])[] = [
    ['', 'anything', true],
    ['ALP', '3.20-alpine', true],
    ['alp 3.2', '3.20-alpine', true],
    ['alp 4', '3.20-alpine', false],
    ['3.*-alpine', '3.20-alpine', true],
    ['3.*-alpine', '3.20-alpine-slim', false],
    ['3.??', '3.20', true],
    ['3.??', '3.2', false],
    ['*', '', true],
    ['a*b*c', 'aXbYbZc', true],
    ['*.*', '3-20', false],
  ];
  for (const [filter, name, fits] of cases) {
    it(`${JSON.stringify(filter)} ${fits ? 'lets' : 'does not let'} ${JSON.stringify(name)} through`, () => {
      assert.equal(nameFilter(filter)(name), fits);
    });
  }

  it('takes no longer for many stars', () => {
    const matches = nameFilter(`${'*a'.repeat(60)}*b`);
    assert.equal(matches('a'.repeat(5000)), false);
  });
});
