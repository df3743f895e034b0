import assert from 'node:assert/strict';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isEngineError } from '../../../src/engine/errors.ts';
import { FileLock, type PreviousFate } from '../../../src/engine/store/fileLock.ts';
import { markProcess, processState } from '../../../src/engine/store/processMark.ts';
import { temporaryFolder } from '../../support/store/sampleStore.ts';

/** The lock as one leaves it who took it and then ended: pids above the kernel's limit are nobody's. */
async function leaveBehind(directory: string, epoch: number, mark: object): Promise<string> {
  const own = join(directory, String(epoch));
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'owner.json'), JSON.stringify(mark));
  return own;
}

const deadPid = 2 ** 30;

describe('a lock between processes', () => {
  it('is held by one at a time, in many turns', async () => {
    await using folder = await temporaryFolder();
    let inside = 0;
    let turns = 0;
    const work = async (): Promise<void> => {
      const lock = new FileLock(join(folder.path, 'lock'));
      for (let turn = 0; turn < 5; turn++) {
        await using _held = await lock.acquire();
        assert.equal(++inside, 1);
        await delay(1);
        inside--;
        turns++;
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    assert.equal(turns, 30);
  });

  it('is not to be had at once while it is held', async () => {
    await using folder = await temporaryFolder();
    const lock = new FileLock(join(folder.path, 'lock'));
    assert.equal(await lock.look(), undefined);
    {
      await using _held = await lock.acquire();
      assert.equal(await lock.tryAcquire(), undefined);
      assert.deepEqual(await lock.look(), { held: true, process: 'alive' });
    }
    assert.deepEqual(await lock.look(), { held: false, process: 'alive' });
    await using again = await lock.tryAcquire();
    assert.ok(again);
  });

  it('is waited for until the signal fires', async () => {
    await using folder = await temporaryFolder();
    const lock = new FileLock(join(folder.path, 'lock'));
    await using _held = await lock.acquire();
    await assert.rejects(lock.acquire({}, AbortSignal.timeout(30)), (error) =>
      isEngineError(error, 'Cancelled'),
    );
  });

  it('is taken from a dead process at once, by one of many, with what it left', async () => {
    await using folder = await temporaryFolder();
    const directory = join(folder.path, 'lock');
    const left = await leaveBehind(directory, 7, { ...markProcess(), pid: deadPid });
    await writeFile(join(left, 'data'), 'left behind');
    const adopted: [PreviousFate, string][] = [];
    let inside = 0;
    const contenders = Array.from({ length: 8 }, async () => {
      await using _held = await new FileLock(directory).acquire({
        adopt: async (previous) => {
          if (previous.fate === 'dead') {
            adopted.push([previous.fate, await readFile(join(previous.directory, 'data'), 'utf8')]);
          }
        },
      });
      assert.equal(++inside, 1);
      await delay(1);
      inside--;
    });
    await Promise.all(contenders);
    assert.deepEqual(adopted, [['dead', 'left behind']]);
  });

  it('is taken from a process whose pid another one has now', async function () {
    if (process.platform !== 'linux') this.skip();
    await using folder = await temporaryFolder();
    const directory = join(folder.path, 'lock');
    await leaveBehind(directory, 1, { ...markProcess(), started: '1' });
    assert.deepEqual(await new FileLock(directory).look(), { held: false, process: 'dead' });
    await using held = await new FileLock(directory).tryAcquire();
    assert.ok(held);
  });

  it('is taken from another machine only when it was silent for long', async () => {
    await using folder = await temporaryFolder();
    const directory = join(folder.path, 'lock');
    const own = await leaveBehind(directory, 1, { ...markProcess(), machine: 'elsewhere', pid: deadPid });
    const beat = setInterval(() => void utimes(join(own, 'owner.json'), new Date(), new Date()), 20);
    const lock = new FileLock(directory, 150);
    try {
      const waiting = lock.acquire({}, AbortSignal.timeout(400));
      await assert.rejects(waiting, (error) => isEngineError(error, 'Cancelled'), 'while it beats');
    } finally {
      clearInterval(beat);
    }
    await using held = await lock.acquire({}, AbortSignal.timeout(2_000));
    assert.ok(held);
  });

  it('keeps one who slept through losing it from writing anything', async () => {
    await using folder = await temporaryFolder();
    const directory = join(folder.path, 'lock');
    const file = join(folder.path, 'index.json');
    await writeFile(file, 'old');
    await using sleeper = await new FileLock(directory).acquire();
    // Nobody tells the heart to stop in one process; a contender with little patience stands for the long sleep.
    const contender = await new FileLock(directory, 20).acquire();
    await assert.rejects(sleeper.replaceFile(file, 'of the sleeper'), (error) =>
      isEngineError(error, 'Conflict'),
    );
    await assert.rejects(sleeper.takeFile(file, 'swept'), (error) => isEngineError(error, 'Conflict'));
    assert.equal(await readFile(file, 'utf8'), 'old');
    await contender.replaceFile(file, 'of the contender');
    await contender[Symbol.asyncDispose]();
    assert.equal(await readFile(file, 'utf8'), 'of the contender');
  });

  it('is given up on when what was waited for has come', async () => {
    await using folder = await temporaryFolder();
    const lock = new FileLock(join(folder.path, 'lock'));
    await using _held = await lock.acquire();
    let looks = 0;
    assert.equal(await lock.acquire({ unless: async () => ++looks > 2 }), undefined);
  });
});

describe('the mark of a process', () => {
  it('tells this process, one that is gone, and one elsewhere apart', () => {
    const mark = markProcess();
    assert.equal(processState(mark), 'alive');
    assert.equal(processState({ ...mark, pid: deadPid }), 'dead');
    assert.equal(processState({ ...mark, machine: 'elsewhere' }), 'unknown');
    assert.notEqual(markProcess().token, mark.token);
  });
});
