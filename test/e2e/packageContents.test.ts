import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { existingPackage } from '../support/extensionPackage.ts';
import { inRepository } from '../support/paths.ts';
import { type ZipEntry, zipEntries } from '../support/zipEntries.ts';

const expected = [
  /^extension\.vsixmanifest$/,
  /^\[Content_Types\]\.xml$/,
  /^extension\/package\.json$/,
  /^extension\/(readme|changelog)\.md$/,
  /^extension\/LICENSE\.txt$/,
  /^extension\/dist\/\w+\.js$/,
  /^extension\/dist\/webview\/\w+\.(js|css)$/,
  /^extension\/dist\/THIRD_PARTY_NOTICES\.txt$/,
  /^extension\/media\/[\w/-]+\.(png|svg|jpg|md)$/,
];

const largestPackage = 6 * 1024 * 1024;
const largestPage = 400_000;

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
    'dist/commandLine.js',
    'dist/webview/toolkit.js',
    'dist/webview/layers.js',
    'dist/webview/layers.css',
    'dist/webview/search.js',
    'dist/webview/search.css',
    'dist/THIRD_PARTY_NOTICES.txt',
    'LICENSE.txt',
    'readme.md',
  ]) {
    it(`holds ${name}`, () => {
      assert(entries.some((entry) => entry.name === `extension/${name}`));
    });
  }

  it('tells the licence of every package whose code it holds', async () => {
    const notices = await readFile(inRepository('dist/THIRD_PARTY_NOTICES.txt'), 'utf8');
    const inputs = await Promise.all(['extension', 'layerWorker', 'cli', 'webview'].map(bundledFiles));
    const names = inputs
      .flat()
      .flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
    assert(new Set(names).size >= 5, 'the bundles hold packages');
    for (const name of names) assert(notices.includes(`\n${name} `), `${name} is missing`);
  });

  it('has pages of at most 400 kB each, style and controls included', () => {
    const folder = 'extension/dist/webview/';
    const sizeOf = (names: RegExp) =>
      entries
        .filter(({ name }) => name.startsWith(folder) && names.test(name.slice(folder.length)))
        .reduce((sum, { size }) => sum + size, 0);
    for (const page of ['layers', 'compare', 'search']) {
      const own = sizeOf(new RegExp(`^${page}\\.`));
      assert(own > 0, `there is no ${page}`);
      const total = own + sizeOf(/^toolkit\./);
      assert(total <= largestPage, `${page}: ${total} bytes`);
    }
  });

  it('stays small', () => {
    const total = entries.reduce((sum, { size }) => sum + size, 0);
    assert(total < largestPackage, `${total} bytes`);
  });
});

/** What a bundle was made of. */
async function bundledFiles(bundle: string): Promise<string[]> {
  const metafile = await readFile(inRepository(`dist/${bundle}.meta.json`), 'utf8');
  return Object.keys((JSON.parse(metafile) as { inputs: object }).inputs);
}
