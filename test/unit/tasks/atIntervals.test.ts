import assert from 'node:assert/strict';
import { atIntervals } from '../../../src/engine/tasks/atIntervals.ts';

describe('reports at intervals', () => {
  it('tell the first at once, and of what follows within a moment nothing', () => {
    const told: number[] = [];
    const report = atIntervals((bytes) => told.push(bytes));
    const begun = performance.now();
    for (const bytes of [0, 1, 2]) report(bytes);
    assert.equal(told[0], 0);
    assert(told.length === 1 || performance.now() - begun > 100, `told ${told}`);
  });

  it('tell again once the interval has passed', async () => {
    const told: number[] = [];
    const report = atIntervals((bytes) => told.push(bytes));
    report(0);
    await new Promise((resolve) => setTimeout(resolve, 110));
    report(5);
    assert.deepEqual(told, [0, 5]);
  });
});
