import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { main } from '../../../src/cli/main.ts';
import { Output } from '../../../src/cli/output.ts';
import { classicArchive, ociArchive, plainImage } from '../../support/archives/sampleArchives.ts';
import { jsonLines } from '../../support/commandLine.ts';
import { randomImage } from '../../support/randomImage.ts';
import { run } from '../../support/realParts/command.ts';

const one = plainImage(['base', 'app'], ['acme/app:1', 'acme/app:latest']);
const moved = plainImage(['base', 'next'], ['acme/app:1']);
const nameless = plainImage(['base'], []);

interface Streams {
  readonly stdin?: Buffer;
  /** Those that are terminals. */
  readonly terminals?: readonly ('stdin' | 'stdout')[];
}

describe('save and load on the command line', function () {
  this.timeout(60_000);
  let folder: string;
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-cli-archive-'));
    await writeFile(join(folder, 'one.tar'), classicArchive(one));
    await writeFile(join(folder, 'moved.tar'), classicArchive(moved));
    await writeFile(join(folder, 'nameless.tar'), classicArchive(nameless));
    await writeFile(join(folder, 'mixed.tar'), classicArchive(one, nameless));
    await writeFile(join(folder, 'cut.tar'), classicArchive(one).subarray(0, 6000));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const freshStore = () => join(folder, `store${count++}`);
  const inFolder = (name: string) => join(folder, name);

  async function strata(store: string, commandLine: readonly string[], streams: Streams = {}) {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const stdin = Readable.from(streams.stdin ? [streams.stdin] : []);
    if (streams.terminals?.includes('stdin')) Object.assign(stdin, { isTTY: true });
    if (streams.terminals?.includes('stdout')) Object.assign(stdout, { isTTY: true });
    const said = Promise.all([buffer(stdout), text(stderr)]);
    const code = await main(['--store', store, ...commandLine], {
      output: new Output(stdout, stderr),
      stdin,
      environment: {},
      terminal: undefined,
      version: '1.2.3',
      workerFile: join(import.meta.dirname, '..', '..', '..', 'src', 'engine', 'layers', 'layerWorker.ts'),
      signal: new AbortController().signal,
    });
    stdout.end();
    stderr.end();
    const [bytes, err] = await said;
    return { code, bytes, stdout: bytes.toString(), stderr: err };
  }

  const loads = [
    { archive: 'one.tar', says: 'Loaded image: acme/app:1\nLoaded image: acme/app:latest\n' },
    { archive: 'nameless.tar', says: `Loaded image ID: ${nameless.id}\n` },
    { archive: 'mixed.tar', says: 'Loaded image: acme/app:1\nLoaded image: acme/app:latest\n' },
  ];
  for (const { archive, says } of loads) {
    it(`says what Docker says of ${archive}`, async () => {
      for (const verb of [['load'], ['image', 'load'], ['load', '-q']]) {
        const result = await strata(freshStore(), [...verb, '-i', inFolder(archive)]);
        assert.deepEqual(result.stdout, says);
        assert.deepEqual([result.code, result.stderr], [0, '']);
      }
    });
  }

  it('says which image a name was taken from, as Docker does', async () => {
    const store = freshStore();
    await strata(store, ['load', '-i', inFolder('one.tar')]);
    const { stdout } = await strata(store, ['load', '-i', inFolder('moved.tar')]);
    assert.equal(
      stdout,
      `The image acme/app:1 already exists, renaming the old one with ID ${one.id} to empty string\n` +
        'Loaded image: acme/app:1\n',
    );
  });

  it('loads from stdin', async () => {
    const { code, stdout } = await strata(freshStore(), ['load'], { stdin: classicArchive(one) });
    assert.deepEqual([code, stdout], [0, loads[0]?.says]);
  });

  it('prints a row an image with --json', async () => {
    const { stdout } = await strata(freshStore(), ['load', '--json', '-i', inFolder('mixed.tar')]);
    assert.deepEqual(jsonLines(stdout), [
      { id: one.id, tags: ['docker.io/acme/app:1', 'docker.io/acme/app:latest'] },
      { id: nameless.id, tags: [] },
    ]);
  });

  const refusedLoads = [
    { options: ['-i', 'nosuch.tar'], says: /^Error: open nosuch\.tar: no such file or directory\n$/ },
    { options: ['-i', 'FOLDER'], says: /^Error: [^\n]+\n$/ },
    { options: ['-i', 'FOLDER/cut.tar'], says: /^Error: the archive ends in the middle of an entry\n$/ },
    { options: [], says: /^Error: requested load from stdin, but stdin is empty\n$/ },
  ];
  for (const { options, says } of refusedLoads) {
    it(`refuses load ${options.join(' ')} in one line`, async () => {
      const operands = options.map((option) => option.replace('FOLDER', folder));
      const { code, stdout, stderr } = await strata(freshStore(), ['load', ...operands], {
        terminals: ['stdin'],
      });
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, says);
    });
  }

  describe('with an image in the store', () => {
    let store: string;
    before(async () => {
      store = freshStore();
      await strata(store, ['load', '-i', inFolder('one.tar')]);
    });

    it('writes the same to a file and to stdout', async () => {
      const file = inFolder('saved.tar');
      const result = await strata(store, ['save', '-o', file, 'acme/app']);
      assert.deepEqual([result.code, result.stdout, result.stderr], [0, '', '']);
      const { bytes } = await strata(store, ['image', 'save', 'acme/app']);
      assert.ok(bytes.equals(await readFile(file)));
      assert.equal((await stat(file)).mode & 0o777, 0o600);
    });

    it('prints what it wrote with --json', async () => {
      const file = inFolder('json.tar');
      const { stdout } = await strata(store, ['save', '--json', '-o', file, 'acme/app:1']);
      assert.deepEqual(jsonLines(stdout), [{ file, images: ['acme/app:1'] }]);
    });

    it('refuses to write to a terminal, in Docker’s words', async () => {
      const { code, stdout, stderr } = await strata(store, ['save', 'acme/app'], { terminals: ['stdout'] });
      assert.deepEqual([code, stdout], [1, '']);
      assert.equal(stderr, 'Error: cowardly refusing to save to a terminal. Use the -o flag or redirect\n');
    });

    const refusedSaves = [
      { file: '.', says: /^Error: failed to save image: cannot write to a directory\n$/ },
      {
        file: 'nowhere/x.tar',
        says: /^Error: failed to save image: invalid output path: stat [^\n]+nowhere: no such file or directory\n$/,
      },
      { file: '/dev/null', says: /^Error: failed to save image: cannot write to a character device file\n$/ },
    ];
    for (const { file, says } of refusedSaves) {
      it(`refuses to write to ${file}`, async () => {
        const path = file.startsWith('/') ? file : join(folder, file);
        const { code, stderr } = await strata(store, ['save', '-o', path, 'acme/app']);
        assert.equal(code, 1);
        assert.match(stderr, says);
      });
    }

    it('keeps the file that is there where it fails', async () => {
      await mkdir(inFolder('kept'));
      const file = join(folder, 'kept', 'old.tar');
      await writeFile(file, 'old');
      const { code, stderr } = await strata(store, ['save', '-o', file, 'acme/app', 'nosuch']);
      assert.deepEqual([code, stderr], [1, 'Error: No such image: nosuch\n']);
      assert.equal(await readFile(file, 'utf8'), 'old');
      assert.deepEqual(await readdir(join(folder, 'kept')), ['old.tar']);
    });

    it('does not write into the store, by whatever way it is led there', async () => {
      const link = inFolder('way');
      await symlink(store, link, 'junction');
      const index = await readFile(join(store, 'index.json'), 'utf8');
      for (const file of [join(store, 'index.json'), join(link, 'blobs', 'x.tar')]) {
        const { code, stderr } = await strata(store, ['save', '-o', file, 'acme/app']);
        const advice = `Error: ${file} is inside the store of images: choose another place\n`;
        assert.deepEqual([code, stderr], [1, advice]);
      }
      assert.equal(await readFile(join(store, 'index.json'), 'utf8'), index);
    });

    it('writes to a pipe as it is', async function () {
      if (process.platform === 'win32') this.skip();
      const pipe = inFolder('pipe');
      await run('mkfifo', [pipe]);
      const [bytes] = await Promise.all([readFile(pipe), strata(store, ['save', '-o', pipe, 'acme/app'])]);
      assert.ok(bytes.equals((await strata(store, ['save', 'acme/app'])).bytes));
    });

    it('needs an image to save', async () => {
      assert.equal((await strata(store, ['save'])).code, 2);
    });
  });

  it('saves an image that came packed as one that Docker takes', async () => {
    const store = freshStore();
    const image = randomImage(['x'], 2000);
    await strata(store, ['load'], { stdin: ociArchive([['acme/packed:1', image]]) });
    const { bytes } = await strata(store, ['save', 'acme/packed:1']);
    const again = freshStore();
    assert.equal((await strata(again, ['load'], { stdin: bytes })).stdout, 'Loaded image: acme/packed:1\n');
  });
});
