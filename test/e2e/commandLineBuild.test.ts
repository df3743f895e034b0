import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandLineBuild, runCommandLine } from '../support/commandLine.ts';
import { inRepository } from '../support/paths.ts';
import { writeManyImages } from '../support/store/manyImages.ts';
import { temporaryFolder } from '../support/store/sampleStore.ts';

/** The bundle on the Node.js that the person has installed, not on the toolchain's. */
const installed: CommandLineBuild = {
  node: process.env.STRATA_SYSTEM_NODE ?? process.execPath,
  file: inRepository('dist/cli.js'),
};

describe("the bundled command line on the system's Node.js", () => {
  it('reads a reference', async () => {
    const { code, stdout } = await runCommandLine(['reference', '--json', 'alpine'], {}, installed);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      input: 'alpine',
      registry: 'docker.io',
      repository: 'library/alpine',
      tag: 'latest',
      digest: null,
      canonical: 'docker.io/library/alpine:latest',
      familiar: 'alpine:latest',
    });
  });

  it('exits with 2 for a verb it does not know', async () => {
    const { code, stdout, stderr } = await runCommandLine(['unheard-of'], {}, installed);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /unheard-of/);
  });

  it('loads nothing of the network for a verb of the store', async () => {
    await using folder = await temporaryFolder();
    await writeManyImages(folder.path, 2);
    const loaded = await modulesOf('images', '--store', folder.path);
    assert(loaded.includes('fs'), `${loaded}`);
    const network = ['http', 'https', 'tls', 'dns'];
    assert.deepEqual(
      loaded.filter((name) => network.includes(name)),
      [],
    );
  });

  // The benchmark holds it to what the product promises; here only what is clearly broken fails, on the busiest machine.
  it('lists 10,000 images in not much more time than 100', async function () {
    this.timeout(120_000);
    await using folder = await temporaryFolder();
    const [few, many] = [join(folder.path, 'few'), join(folder.path, 'many')];
    await writeManyImages(few, 100);
    await writeManyImages(many, 10_000);
    const times = { few: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
    for (let turn = 0; turn < 5; turn++) {
      times.few = Math.min(times.few, await listingTime(few, 100));
      times.many = Math.min(times.many, await listingTime(many, 10_000));
    }
    assert.ok(times.many < times.few * 8, `${times.many} ms is too much beside ${times.few} ms`);
  });
});

/** Node's own modules that a verb has loaded when it ends. */
async function modulesOf(...commandLine: readonly string[]): Promise<readonly string[]> {
  const tell = `process.on('exit', () => console.error(process.moduleLoadList.join('\\n')))`;
  const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(tell)}` };
  const { code, stderr } = await runCommandLine(commandLine, { environment }, installed);
  assert.equal(code, 0, stderr);
  return [...stderr.matchAll(/^NativeModule (\S+)$/gm)].map(([, name = '']) => name);
}

/** On a Node.js that keeps what it has compiled, whichever is installed. */
const current: CommandLineBuild = { ...installed, node: process.execPath };

describe('the bundled command line, kept compiled', () => {
  it("is kept in the user's caches, for nobody else to read or write", async () => {
    await using folder = await temporaryFolder();
    assert.ok((await keptIn(folder.path)) > 0);
    assert.equal((await stat(join(folder.path, 'strata'))).mode & 0o077, 0);
  });

  for (const [what, make] of [
    ['others may write to', (path: string) => mkdir(path).then(() => chmod(path, 0o777))],
    [
      'is a link',
      (path: string) => mkdir(`${path}-elsewhere`).then(() => symlink(`${path}-elsewhere`, path)),
    ],
  ] as const) {
    it(`is not kept in, nor run from, a folder that ${what}`, async () => {
      await using folder = await temporaryFolder();
      await make(join(folder.path, 'strata'));
      assert.equal(await keptIn(folder.path), 0);
    });
  }

  it('runs where nothing can be kept', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'strata'), 'no folder');
    await keptIn(folder.path);
  });
});

/** Runs the command line with this folder for its caches. @returns how many files of its name are in there then */
async function keptIn(caches: string): Promise<number> {
  const environment = { XDG_CACHE_HOME: caches, NODE_COMPILE_CACHE: '' };
  const { code, stdout, stderr } = await runCommandLine(['reference', 'alpine'], { environment }, current);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /alpine/);
  const files = await readdir(caches, { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile() && file.name !== 'strata').length;
}

/** Of the whole process, milliseconds. */
async function listingTime(store: string, count: number): Promise<number> {
  const start = performance.now();
  const { code, stdout } = await runCommandLine(['--store', store, 'image', 'ls'], {}, installed);
  assert.deepEqual([code, stdout.split('\n').length], [0, count + 2]);
  return performance.now() - start;
}
