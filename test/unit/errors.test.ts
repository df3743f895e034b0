import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { EngineError, ioError } from '../../src/engine/errors.ts';

describe('an error of the file system', () => {
  const cases: readonly (readonly [what: string, file: string, text: string])[] = [
    ['a folder in place of a file', import.meta.dirname, 'it is a directory'],
    ['a file in place of a folder', `${import.meta.filename}/x`, 'a part of its path is not a directory'],
    ['nothing', `${import.meta.filename}.none`, 'no such file or directory'],
    ['a giant name', `${import.meta.dirname}/${'x'.repeat(5000)}`, 'its name is too long'],
  ];
  for (const [what, file, text] of cases) {
    // Windows has no such codes for them.
    (process.platform === 'win32' ? it.skip : it)(`says in words that there is ${what}`, async () => {
      const thrown = await readFile(file).catch((error: unknown) => ioError(error, 'it could not be read'));
      assert.ok(thrown instanceof EngineError);
      assert.deepEqual([thrown.reason, thrown.message], ['Io', `it could not be read: ${text}`]);
    });
  }

  it('keeps the words of the system where there are no better ones', () => {
    const odd = Object.assign(new Error('EODD: odd'), { code: 'EODD' });
    assert.equal(ioError(odd, 'it failed').message, 'it failed: EODD: odd');
  });

  it('lets an error of the engine pass', () => {
    const own = new EngineError('NotFound', 'none');
    assert.equal(ioError(own, 'it failed'), own);
  });
});
