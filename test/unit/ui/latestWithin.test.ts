import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { latestWithin } from '../../../src/ui/hovers/latestWithin.ts';

const never = (error: unknown) => assert.fail(String(error));

async function* snapshots(
  ...steps: readonly (string | number | Error)[]
): AsyncGenerator<string, void, undefined> {
  for (const step of steps) {
    if (step instanceof Error) throw step;
    if (typeof step === 'number') await delay(step);
    else yield step;
  }
}

describe('the latest snapshot', () => {
  it('is the last one where all come in time', async () => {
    assert.equal(await latestWithin(snapshots('digest', 'platforms', 5, 'config'), 20_000, never), 'config');
  });

  it('is waited for however long the first one takes', async () => {
    assert.equal(await latestWithin(snapshots(50, 'digest'), 1, never), 'digest');
  });

  it('is what has come where the next one lets wait', async () => {
    assert.equal(await latestWithin(snapshots('digest', 200, 'platforms'), 20, never), 'digest');
  });

  it('is nothing where there are none', async () => {
    assert.equal(await latestWithin(snapshots(), 20, never), undefined);
  });

  it('fails as the look-up fails', async () => {
    await assert.rejects(latestWithin(snapshots('digest', new Error('no')), 20, never), /no/);
  });

  it('reads the rest to its end on the side and reports its failure', async () => {
    const late = new Promise((resolve) => {
      void latestWithin(snapshots('digest', 50, 'platforms', new Error('gone')), 10, resolve);
    });
    assert.match(String(await late), /gone/);
  });
});
