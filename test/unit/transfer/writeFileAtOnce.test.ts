import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeFileAtOnce } from '../../../src/engine/transfer/writeFileAtOnce.ts';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half');
  throw new Error('broken off');
}

describe('writing a file at once', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'strata-write-'));
    file = path.join(folder, 'image.tar');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('tells how far it is and gives the whole', async () => {
    const told: number[] = [];
    assert.equal(
      await writeFileAtOnce(file, chunks('one', 'three'), { report: (written) => told.push(written) }),
      8,
    );
    assert.deepEqual(told, [3, 8]);
    assert.equal(await readFile(file, 'utf8'), 'onethree');
    assert.deepEqual(await readdir(folder), ['image.tar']);
  });

  it('leaves what was there, and nothing else, where it fails midway', async () => {
    await writeFile(file, 'before');
    await assert.rejects(writeFileAtOnce(file, failing()), /broken off/);
    assert.equal(await readFile(file, 'utf8'), 'before');
    assert.deepEqual(await readdir(folder), ['image.tar']);
  });

  it('says what the file system said', async () => {
    const nowhere = path.join(folder, 'nowhere', 'image.tar');
    await assert.rejects(writeFileAtOnce(nowhere, chunks('x')), {
      name: 'EngineError',
      reason: 'Io',
    });
  });
});
