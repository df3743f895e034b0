import assert from 'node:assert/strict';
import { cacheDirectory } from '../../../src/cli/compileCache.ts';
import type { Surroundings } from '../../../src/engine/store/defaultStoreDirectory.ts';

const linux: Surroundings = { platform: 'linux', env: {}, home: '/home/ada' };
const windows: Surroundings = { platform: 'win32', env: {}, home: 'C:\\Users\\ada' };

const cases: readonly (readonly [what: string, surroundings: Surroundings, directory: string])[] = [
  ['Linux', linux, '/home/ada/.cache/strata'],
  ['Linux with XDG_CACHE_HOME', { ...linux, env: { XDG_CACHE_HOME: '/caches' } }, '/caches/strata'],
  [
    'Linux with a relative XDG_CACHE_HOME, which is to be ignored',
    { ...linux, env: { XDG_CACHE_HOME: 'caches' } },
    '/home/ada/.cache/strata',
  ],
  ['macOS', { platform: 'darwin', env: {}, home: '/Users/ada' }, '/Users/ada/Library/Caches/Strata'],
  ['Windows', { ...windows, env: { LOCALAPPDATA: 'D:\\Local' } }, 'D:\\Local\\Strata\\cache'],
  ['Windows without LOCALAPPDATA', windows, 'C:\\Users\\ada\\AppData\\Local\\Strata\\cache'],
];

describe('the folder of what can be made again', () => {
  for (const [what, surroundings, directory] of cases) {
    it(`is among the user's caches: ${what}`, () => assert.equal(cacheDirectory(surroundings), directory));
  }
});
