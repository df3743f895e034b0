import assert from 'node:assert/strict';
import { existingPackage } from '../support/extensionPackage.ts';
import { type ZipEntry, zipEntries } from '../support/zipEntries.ts';

const expected = [
  /^extension\.vsixmanifest$/,
  /^\[Content_Types\]\.xml$/,
  /^extension\/package\.json$/,
  /^extension\/(readme|changelog)\.md$/,
  /^extension\/LICENSE\.txt$/,
  /^extension\/dist\/\w+\.js$/,
  /^extension\/media\/[\w/-]+\.(png|svg|jpg|md)$/,
];

const largestPackage = 6 * 1024 * 1024;

describe('the VSIX', () => {
  let entries: ZipEntry[];

  before(async function () {
    this.timeout(240_000);
    entries = await zipEntries(await existingPackage());
  });

  it('holds nothing but what runs, is read and is looked at', () => {
    const others = entries.filter(({ name }) => !expected.some((pattern) => pattern.test(name)));
    assert.deepEqual(others, []);
  });

  for (const name of [
    'dist/extension.js',
    'dist/layerWorker.js',
    'dist/cli.js',
    'LICENSE.txt',
    'readme.md',
  ]) {
    it(`holds ${name}`, () => {
      assert(entries.some((entry) => entry.name === `extension/${name}`));
    });
  }

  it('stays small', () => {
    const total = entries.reduce((sum, { size }) => sum + size, 0);
    assert(total < largestPackage, `${total} bytes`);
  });
});
