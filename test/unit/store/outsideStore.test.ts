import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireOutsideStore } from '../../../src/engine/store/outsideStore.ts';
import { temporaryFolder } from '../../support/store/sampleStore.ts';

describe('a place outside the store', () => {
  async function world() {
    const folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, ...names);
    await mkdir(at('data', 'store', 'blobs'), { recursive: true });
    await mkdir(at('data', 'storehouse'));
    await writeFile(at('data', 'store', 'index.json'), '{}');
    await symlink(at('data', 'store'), at('way'), 'junction');
    await symlink(at('data'), at('around'), 'junction');
    return {
      at,
      check: (...names: string[]) => requireOutsideStore(at('data', 'store'), at(...names)),
      folder,
    };
  }

  it('is any that neither is in it nor holds it, there or not', async () => {
    const { check, folder } = await world();
    await using _ = folder;
    for (const names of [
      ['x'],
      ['data', 'x.tar'],
      ['data', 'storehouse'],
      ['no', 'such'],
      ['data', 'store2'],
    ]) {
      await check(...names);
    }
  });

  it('is no file or folder in it, by whatever way', async () => {
    const { check, folder } = await world();
    await using _ = folder;
    for (const names of [
      ['data', 'store', 'index.json'],
      ['data', 'store', 'blobs', 'x'],
      ['way', 'new'],
    ]) {
      await assert.rejects(check(...names), { reason: 'Invalid', message: /inside the store/ });
    }
  });

  it('is not the store itself, nor a folder around it, by whatever way', async () => {
    const { check, folder } = await world();
    await using _ = folder;
    for (const names of [['data', 'store'], ['data'], ['way'], ['around']]) {
      await assert.rejects(check(...names), { reason: 'Invalid', message: /holds the store/ });
    }
  });

  it('is any where there is no store yet', async () => {
    const { at, folder } = await world();
    await using _ = folder;
    await requireOutsideStore(at('nothing'), at('nothing'));
  });
});
