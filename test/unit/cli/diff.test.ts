import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonLines, runInProcess } from '../../support/commandLine.ts';
import { buildManifest, type ImagePlan, type Step } from '../../support/sampleRegistry/imageBuilder.ts';
import { directory, file, type LayerFile, whiteout } from '../../support/sampleRegistry/layerTar.ts';
import { storeImage } from '../../support/storedImage.ts';

const created = new Date(1_700_000_000_000);
const step = (createdBy: string, ...files: readonly LayerFile[]): Step => ({ createdBy, created, files });

function image(config: ImagePlan['config'], ...steps: readonly Step[]) {
  return buildManifest({
    platform: { os: 'linux', architecture: 'amd64' },
    steps,
    ...(config && { config }),
  });
}

const status = (...versions: readonly string[]) =>
  file(
    'var/lib/dpkg/status',
    versions.map((text) => `Package: ${text.replace(' ', '\nVersion: ')}\nArchitecture: all\n`).join('\n'),
  );

const base = step('ADD base /', file('bin/tool', 'tool'), file('etc/conf', 'v1'), file('etc/gone', 'gone'));
const old = image(
  { Env: ['PATH=/bin', 'MODE=a'], ExposedPorts: { '80/tcp': {} } },
  base,
  step('COPY app', file('app/main.js', 'main'), file('app/lib.js', 'lib')),
);
const now = image(
  { Env: ['PATH=/bin:/srv', 'MODE=\u001b[31m'], User: '7', Cmd: ['run', '-x'] },
  base,
  step('COPY srv', directory('srv'), file('srv/main.js', 'main'), file('srv/lib.js', 'lib 2')),
  step('RUN rm', whiteout('etc/gone'), file('etc/conf', 'v2')),
);

const oldPackages = image({}, step('ADD', status('gone 1', 'kept 1', 'tool 1:2.0-1')));
const newPackages = image({}, step('ADD', status('came 3', 'kept 1', 'tool 1:2.1-1')));
const brokenPackages = image({}, step('ADD', file('var/lib/dpkg/status', 'no field\n')));

const paths = [
  ...['D /app', 'D /app/lib.js', 'D /app/main.js'],
  ...['C /etc/conf', 'D /etc/gone', 'A /srv', 'A /srv/lib.js', 'A /srv/main.js'],
];
const withRenames = [
  ...['D /app', 'D /app/lib.js', 'C /etc/conf', 'D /etc/gone'],
  ...['A /srv', 'A /srv/lib.js', 'R /app/main.js -> /srv/main.js'],
];
const configs = [
  'A user: 7',
  'A cmd: ["run","-x"]',
  'C env MODE: a -> \\x1b[31m',
  'C env PATH: /bin -> /bin:/srv',
  'D port 80/tcp',
  'D history 1: COPY app',
  'A history 1: COPY srv',
  'A history 2: RUN rm',
];

describe('strata diff', function () {
  this.timeout(60_000);
  let store: string;

  before(async () => {
    store = await mkdtemp(join(tmpdir(), 'strata-diff-'));
    await storeImage(store, old, ['acme/app:1']);
    await storeImage(store, now, ['acme/app:2']);
    await storeImage(store, oldPackages, ['acme/os:1']);
    await storeImage(store, newPackages, ['acme/os:2']);
    await storeImage(store, brokenPackages, ['acme/os:broken']);
  });
  after(() => rm(store, { recursive: true, force: true }));

  async function lines(options: readonly string[], isTerminal = false): Promise<readonly string[]> {
    const commandLine = ['--store', store, 'diff', ...options, 'acme/app:1', 'acme/app:2'];
    const { code, stdout, stderr } = await runInProcess(commandLine, { isTerminal });
    assert.deepEqual([code, stderr], [0, '']);
    return stdout.split('\n').slice(0, -1);
  }

  /** Digests say nothing to a reader of this test. */
  const withoutLayers = (all: readonly string[]) => all.filter((line) => !/^[ADC] layer sha256:/.test(line));

  const summary = '2 added, 3 removed, 1 modified, 1 renamed; config: 11 differences';
  const texts: readonly (readonly [options: readonly string[], expected: readonly string[]])[] = [
    [[], paths],
    [['--summary'], [summary, ...paths]],
    [['--renames'], withRenames],
    [['--config'], [...configs, ...paths]],
    [
      ['--summary', '--config', '--renames'],
      [summary, ...configs, ...withRenames],
    ],
  ];
  for (const [options, expected] of texts) {
    it(`${options.join(' ') || 'without options'} tells a script what it asks for`, async () => {
      assert.deepEqual(withoutLayers(await lines(options)), expected);
    });
  }

  it('tells a person at a terminal everything, how many first', async () => {
    assert.deepEqual(withoutLayers(await lines([], true)), [summary, ...configs, ...withRenames]);
  });

  it('has rows for every path in JSON, whoever reads them', async () => {
    const rows = jsonLines((await lines(['--json'], true)).join('\n')) as { path: string; change: string }[];
    const letters: Record<string, string> = { added: 'A', removed: 'D', modified: 'C' };
    assert.deepEqual(
      rows.map(({ change, path }) => `${letters[change]} ${path}`),
      paths,
    );
  });

  it('has rows of their own for what else is asked for in JSON', async () => {
    const all = await lines(['--json', '--summary', '--config', '--renames']);
    const [counts, ...rows] = jsonLines(all.join('\n')) as Record<string, unknown>[];
    assert.deepEqual(counts, { added: 2, removed: 3, modified: 1, renamed: 1, config: 11 });
    const told = rows.filter((row) => 'config' in row);
    assert.equal(told.length, 11);
    assert.deepEqual(told[0], { config: 'user', name: null, before: null, after: '7' });
    assert.deepEqual(told[3], { config: 'env', name: 'PATH', before: '/bin', after: '/bin:/srv' });
    assert.deepEqual(told[4], { config: 'port', name: '80/tcp', before: true, after: null });
    const renamed = rows.at(-1) as { before: { path: string }; after: { path: string } };
    assert.deepEqual(
      [renamed, renamed.before.path, renamed.after.path],
      [{ ...renamed, path: '/srv/main.js', change: 'renamed' }, '/app/main.js', '/srv/main.js'],
    );
    assert.equal(rows.length - told.length, withRenames.length);
  });

  const packages = ['A package came: 3', 'D package gone: 1', 'C package tool: 1:2.0-1 -> 1:2.1-1'];

  it('tells which packages came, went or changed, to a person unasked', async () => {
    const told = async (isTerminal: boolean, ...options: readonly string[]) => {
      const commandLine = ['--store', store, 'diff', ...options, 'acme/os:1', 'acme/os:2'];
      const { stdout } = await runInProcess(commandLine, { isTerminal });
      return stdout.split('\n').filter((line) => line.includes('package'));
    };
    assert.deepEqual(await told(false, '--packages'), packages);
    assert.deepEqual(await told(true), packages);
    assert.deepEqual(await told(false), []);
    const [came, , changed] = jsonLines((await told(false, '--packages', '--json')).join('\n'));
    const side = (version: string) => ({ version, architecture: 'all' });
    const row = { manager: 'dpkg', before: null };
    assert.deepEqual(came, { ...row, package: 'came', change: 'added', after: side('3') });
    const sides = { before: side('1:2.0-1'), after: side('1:2.1-1') };
    assert.deepEqual(changed, { ...row, package: 'tool', change: 'modified', ...sides });
  });

  it('fails for a damaged package database only who asked for packages', async () => {
    const commandLine = ['--store', store, 'diff', 'acme/os:1', 'acme/os:broken'];
    const asked = await runInProcess([...commandLine, '--packages']);
    assert.equal(asked.code, 1);
    assert.match(asked.stderr, /^Error: [^\n]*\/var\/lib\/dpkg\/status[^\n]*\n$/);
    const offered = await runInProcess(commandLine, { isTerminal: true });
    assert.equal(offered.code, 0);
    assert.match(offered.stderr, /^Warning: [^\n]*\/var\/lib\/dpkg\/status[^\n]*\n$/);
    assert.match(offered.stdout, /\nC \/var\/lib\/dpkg\/status\n$/);
  });

  it('compares single layers, by one number or two', async () => {
    assert.deepEqual(await lines(['--layer', '0']), []);
    const one = ['D /app', 'D /app/lib.js', 'D /app/main.js', 'A /srv', 'A /srv/lib.js', 'A /srv/main.js'];
    assert.deepEqual(await lines(['--layer', '1']), one);
    const deleting = ['D /app', 'D /app/lib.js', 'D /app/main.js', 'A /etc', 'A /etc/conf'];
    assert.deepEqual(await lines(['--layer', '1:2']), deleting);
    assert.deepEqual(await lines(['--layer', '1:2'], true), [
      '2 added, 3 removed, 0 modified, 0 renamed; config: 11 differences',
      ...deleting,
    ]);
  });

  const refused: readonly (readonly [layer: string, says: RegExp])[] = [
    ['x', /invalid layer "x"/],
    ['1:', /invalid layer "1:"/],
    ['-1', /invalid layer "-1"/],
    ['1:2:3', /invalid layer "1:2:3"/],
    ['0:9', /step 9 of the image made no layer/],
  ];
  for (const [layer, says] of refused) {
    it(`refuses the layer ${layer} in one line`, async () => {
      const commandLine = ['--store', store, 'diff', `--layer=${layer}`, 'acme/app:1', 'acme/app:2'];
      const { code, stdout, stderr } = await runInProcess(commandLine);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^Error: [^\n]+\n$/);
      assert.match(stderr, says);
    });
  }
});
