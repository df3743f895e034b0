import assert from 'node:assert/strict';
import { defaultStoreDirectory, type Surroundings } from '../../../src/engine/store/defaultStoreDirectory.ts';

const linux: Surroundings = { platform: 'linux', env: {}, home: '/home/ada' };
const windows: Surroundings = { platform: 'win32', env: {}, home: 'C:\\Users\\ada' };

const cases: readonly (readonly [what: string, surroundings: Surroundings, directory: string])[] = [
  ['Linux', linux, '/home/ada/.local/share/strata/store'],
  ['Linux with XDG_DATA_HOME', { ...linux, env: { XDG_DATA_HOME: '/data' } }, '/data/strata/store'],
  [
    'Linux with a relative XDG_DATA_HOME, which is to be ignored',
    { ...linux, env: { XDG_DATA_HOME: 'data' } },
    '/home/ada/.local/share/strata/store',
  ],
  [
    'macOS',
    { platform: 'darwin', env: {}, home: '/Users/ada' },
    '/Users/ada/Library/Application Support/Strata/store',
  ],
  ['Windows', { ...windows, env: { LOCALAPPDATA: 'D:\\Local' } }, 'D:\\Local\\Strata\\store'],
  ['Windows without LOCALAPPDATA', windows, 'C:\\Users\\ada\\AppData\\Local\\Strata\\store'],
  ['STRATA_STORE', { ...linux, env: { STRATA_STORE: '/srv/images' } }, '/srv/images'],
];

describe('the default store folder', () => {
  for (const [what, surroundings, directory] of cases) {
    it(`is among the user's data: ${what}`, () =>
      assert.equal(defaultStoreDirectory(surroundings), directory));
  }
});
