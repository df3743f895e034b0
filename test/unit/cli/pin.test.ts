import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { type CommandResult, jsonLines, runCommandLine } from '../../support/commandLine.ts';

const now = digestOf('what every tag names now');
const old = digestOf('what it named before');

describe('strata scan and strata pin', function () {
  this.timeout(60_000);
  let folder: string;
  let registry: Server;
  let host: string;
  let asked: string[];

  before(async () => {
    registry = createServer((request, response) => {
      if (request.url?.includes('/manifests/')) asked.push(request.url);
      if (request.url?.includes('absent')) response.writeHead(404).end('{}');
      else
        response
          .writeHead(200, {
            'content-type': mediaType.ociIndex,
            'content-length': '100',
            'docker-content-digest': now,
          })
          .end();
    }).listen(0, '127.0.0.1');
    await once(registry, 'listening');
    host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
  });

  after(() => {
    registry.close();
    registry.closeAllConnections();
  });

  beforeEach(async () => {
    asked = [];
    folder = await mkdtemp(join(tmpdir(), 'strata-test-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** `HOST` in a text is the registry's. */
  async function write(name: string, text: string | Buffer): Promise<string> {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof text === 'string' ? text.replaceAll('HOST', host) : text);
    return path;
  }

  async function read(name: string): Promise<string> {
    return (await readFile(join(folder, name), 'latin1')).replaceAll(host, 'HOST');
  }

  function run(...commandLine: string[]): Promise<CommandResult> {
    return runCommandLine(commandLine, { environment: { STRATA_STORE: join(folder, 'store') }, folder });
  }

  it('lists mentions in the order of the files and of their places', async () => {
    await write('b/compose.yaml', 'services: { x: { image: "acme/app:1", platform: linux/arm64 } }\n');
    await write('Dockerfile', 'FROM alpine:3 AS one\nFROM scratch\nCOPY --from=one / /\nFROM $X\n');
    await write('node_modules/x/Dockerfile', 'FROM hidden\n');
    await write('README.md', 'FROM nothing\n');
    const { code, stdout, stderr } = await run('scan', '--json');
    assert.deepEqual([code, stderr], [0, '']);
    const rows = jsonLines(stdout) as Record<string, unknown>[];
    assert.deepEqual(rows[0], {
      file: 'Dockerfile',
      kind: 'dockerfile',
      text: 'alpine:3',
      range: { start: { line: 0, character: 5 }, end: { line: 0, character: 13 } },
      reference: 'docker.io/library/alpine:3',
      stage: 'one',
      platform: null,
      reason: null,
    });
    assert.deepEqual(
      rows.map(({ file, text, reason, platform }) => [file, text, reason, platform]),
      [
        ['Dockerfile', 'alpine:3', null, null],
        ['Dockerfile', 'scratch', 'scratch', null],
        ['Dockerfile', 'one', 'stage', null],
        ['Dockerfile', '$X', 'unresolved-argument', null],
        ['b/compose.yaml', 'acme/app:1', null, 'linux/arm64'],
      ],
    );
    assert.deepEqual(asked, []);
  });

  it('names files relative to the current folder only where they lie below it', async () => {
    const path = await write('Dockerfile', 'FROM a\n');
    await mkdir(join(folder, 'sub'));
    const elsewhere = { folder: join(folder, 'sub') };
    for (const [given, shown, options] of [
      [path, 'Dockerfile', { folder }],
      ['./Dockerfile', 'Dockerfile', { folder }],
      ['../Dockerfile', path, elsewhere],
    ] as const) {
      const { stdout } = await runCommandLine(['scan', '--json', given], options);
      assert.equal(JSON.parse(stdout).file, shown);
    }
  });

  it('reads a file once, however often it is given, and counts columns behind a byte order mark', async () => {
    await write('Dockerfile', '\ufeffFROM a\n');
    const { stdout } = await run('scan', '--json', '.', 'Dockerfile', join(folder, 'Dockerfile'));
    assert.equal(JSON.parse(stdout).range.start.character, 5);
  });

  it('follows links to files, and to folders not', async () => {
    await write('real/Dockerfile', 'FROM a\n');
    await symlink(join(folder, 'real'), join(folder, 'linked'));
    await symlink(join(folder, 'real/Dockerfile'), join(folder, 'Dockerfile.link'));
    await symlink(join(folder, 'nowhere'), join(folder, 'Dockerfile.broken'));
    const { code, stdout } = await run('scan', '--json');
    assert.equal(code, 0);
    const files = jsonLines(stdout).map((row) => (row as { file: string }).file);
    assert.deepEqual(files, ['Dockerfile.link', 'real/Dockerfile']);
  });

  it('reports a path that is not there and reads the others', async () => {
    await write('Dockerfile', 'FROM a\n');
    const { code, stdout, stderr } = await run('scan', '--json', 'nosuch', 'Dockerfile');
    assert.equal(code, 1);
    assert.equal(stderr, 'Error: nosuch: no such file or directory\n');
    assert.equal(jsonLines(stdout).length, 1);
  });

  const pinned: readonly [what: string, options: readonly string[], before: string, after: string][] = [
    ['a tag', [], 'FROM HOST/a:1\n', `FROM HOST/a:1@${now}\n`],
    ['a name without a tag', [], 'FROM HOST/a\n', `FROM HOST/a:latest@${now}\n`],
    [
      'all but the reference stays',
      [],
      'from  --platform=$X HOST/a:1  as  b # c\r\n',
      `from  --platform=$X HOST/a:1@${now}  as  b # c\r\n`,
    ],
    [
      'bytes that are not UTF-8 stay',
      [],
      '# caf\xe9 \xff\nFROM HOST/a:1\n',
      `# caf\xe9 \xff\nFROM HOST/a:1@${now}\n`,
    ],
    [
      'the default of an argument, once for all',
      [],
      'ARG B=HOST/a:1\nFROM $B\nFROM $B\n',
      `ARG B=HOST/a:1@${now}\nFROM $B\nFROM $B\n`,
    ],
    ['a pin stays', [], `FROM HOST/a:1@${old}\n`, `FROM HOST/a:1@${old}\n`],
    ['a pin moves with --update', ['--update'], `FROM HOST/a:1@${old}\n`, `FROM HOST/a:1@${now}\n`],
    ['a digest without a tag stays', ['--update'], `FROM HOST/a@${old}\n`, `FROM HOST/a@${old}\n`],
    ['nothing with --dry-run', ['--dry-run'], 'FROM HOST/a:1\n', 'FROM HOST/a:1\n'],
    [
      'neither scratch nor stages nor variables',
      [],
      'FROM scratch AS a\nFROM a\nFROM $X\n',
      'FROM scratch AS a\nFROM a\nFROM $X\n',
    ],
  ];
  for (const [what, options, before, after] of pinned) {
    it(`pins: ${what}`, async () => {
      await write('Dockerfile', Buffer.from(before.replaceAll('HOST', host), 'latin1'));
      const { code, stderr } = await run('pin', ...options);
      assert.deepEqual([code, stderr], [0, '']);
      assert.equal(await read('Dockerfile'), after);
    });
  }

  it('asks for a tag once, however many files mention it', async () => {
    for (const name of ['a', 'b', 'c', 'd'])
      await write(`${name}/Dockerfile`, 'FROM HOST/a:1\nFROM HOST/a:1\n');
    const { code, stdout } = await run('pin', '--json');
    assert.equal(code, 0);
    assert.equal(jsonLines(stdout).length, 8);
    assert.deepEqual(asked, ['/v2/a/manifests/1']);
  });

  it('pins what can be pinned, reports what cannot, and exits 1', async () => {
    await write('Dockerfile', 'FROM HOST/absent:1\nFROM HOST/a:1\n');
    const { code, stdout, stderr } = await run('pin', '--json');
    assert.equal(code, 1);
    assert.match(stderr, /^Error: Dockerfile:1:6: .*absent:1 was not pinned: .*has no [^\n]+\n$/);
    const rows = jsonLines(stdout) as { status: string; digest: string | null; error: string | null }[];
    assert.deepEqual(
      rows.map(({ status, digest, error }) => [status, digest, error === null]),
      [
        ['failed', null, false],
        ['pinned', now, true],
      ],
    );
    assert.equal(await read('Dockerfile'), `FROM HOST/absent:1\nFROM HOST/a:1@${now}\n`);
  });

  it('keeps a file’s mode, and the link that leads to it', async () => {
    const path = await write('real.Dockerfile', 'FROM HOST/a:1\n');
    await symlink(path, join(folder, 'Dockerfile'));
    const { mode, ino } = await stat(path);
    await run('pin', 'Dockerfile');
    assert.deepEqual([(await stat(path)).mode, (await stat(path)).ino], [mode, ino]);
    assert.equal(await read('real.Dockerfile'), `FROM HOST/a:1@${now}\n`);
  });

  const checks: readonly [what: string, text: string, code: number, statuses: readonly string[]][] = [
    ['is content with pins that hold', `FROM HOST/a:1@${now}\nFROM scratch\n`, 0, []],
    ['is content with a digest alone', `FROM HOST/a@${old}\n`, 0, []],
    ['finds what is unpinned', 'FROM HOST/a:1\n', 1, ['unpinned']],
    ['finds a stale pin', `FROM HOST/a:1@${old}\n`, 1, ['stale']],
    ['finds what cannot be looked up', `FROM HOST/absent:1@${old}\n`, 1, ['failed']],
  ];
  for (const [what, text, expected, statuses] of checks) {
    it(`--check ${what}, and changes nothing`, async () => {
      await write('Dockerfile', text);
      const { code, stdout, stderr } = await run('pin', '--check', '--json');
      assert.equal(code, expected);
      assert.equal(stderr === '', expected === 0);
      assert.deepEqual(
        jsonLines(stdout).map((row) => (row as { status: string }).status),
        statuses,
      );
      assert.equal(await read('Dockerfile'), text);
    });
  }
});
