import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classicArchive, modernArchive, plainImage } from '../../support/archives/sampleArchives.ts';
import { jsonLines, runInProcess } from '../../support/commandLine.ts';

/** Files of 2000 bytes, one of them in two layers. */
const wasteful = plainImage(['a', 'a', 'b', 'c'], ['acme/app:1']);
const tidy = plainImage(['a', 'b'], ['acme/tidy:1']);

const report = {
  efficiency: 0.75,
  wastedBytes: 4000,
  userWastedPercent: 4000 / 6000,
  sizeBytes: 8000,
  layers: 4,
  inefficiencies: [{ path: '/data/a', count: 2, cumulativeSize: 4000 }],
};

describe('strata analyze', function () {
  this.timeout(60_000);
  let folder: string;
  let store: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-cli-analyze-'));
    store = join(folder, 'store');
    await writeFile(join(folder, 'classic.tar'), classicArchive(wasteful));
    await writeFile(join(folder, 'oci.tar'), modernArchive(wasteful));
    await writeFile(join(folder, 'tidy.tar'), classicArchive(tidy));
    for (const archive of ['classic.tar', 'tidy.tar']) {
      const { code, stderr } = await strata('load', '-i', join(folder, archive));
      assert.deepEqual([code, stderr], [0, '']);
    }
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function strata(...commandLine: string[]) {
    return runInProcess(['--store', store, ...commandLine]);
  }

  const places: readonly [what: string, image: () => string][] = [
    ['by reference', () => 'acme/app:1'],
    ['by ID', () => wasteful.id],
    ['by the beginning of an ID', () => wasteful.id.slice(7, 19)],
    ['in an image layout', () => `oci:${store}:docker.io/acme/app:1`],
    ['in a docker-archive', () => `docker-archive:${join(folder, 'classic.tar')}`],
    ['in an OCI archive', () => `oci-archive:${join(folder, 'oci.tar')}`],
  ];
  for (const [what, image] of places) {
    it(`reports on an image ${what}`, async () => {
      const { code, stdout, stderr } = await strata('analyze', '--json', image());
      assert.deepEqual([code, stderr], [0, '']);
      const [row, ...others] = jsonLines(stdout);
      assert.deepEqual([row, others], [report, []]);
      assert.deepEqual(Object.keys(row as object), Object.keys(report));
    });
  }

  it('shows people the figures and the worst paths', async () => {
    const { code, stdout, stderr } = await strata('analyze', 'acme/app:1');
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(
      stdout.split('\n').map((line) => line.trim().split(/ {2,}/)),
      [
        ['EFFICIENCY', 'WASTED', 'USER WASTED', 'SIZE', 'LAYERS'],
        ['75.00%', '4kB', '66.67%', '8kB', '4'],
        [''],
        ['COUNT', 'WASTED', 'PATH'],
        ['2', '4kB', '/data/a'],
        [''],
      ],
    );
  });

  it('has no list where nothing is wasted', async () => {
    const { stdout } = await strata('analyze', 'acme/tidy:1');
    assert.match(stdout, /^EFFICIENCY .*\n100\.00% +0B +0\.00% +4kB +2\n$/);
  });

  it('says that an image is not there', async () => {
    const { code, stdout, stderr } = await strata('analyze', 'acme/nothing');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^Error: [^\n]*acme\/nothing[^\n]*\n$/);
  });

  const held: readonly (readonly string[])[] = [
    ['--lowest-efficiency', '0.75'],
    ['--lowest-efficiency', '0'],
    ['--lowest-efficiency=.5'],
    ['--highest-wasted-bytes', '4000'],
    ['--highest-wasted-bytes', '4kB'],
    ['--highest-wasted-bytes', '3.91KiB'],
    ['--highest-user-wasted-percent', '0.67'],
    ['--highest-user-wasted-percent', '1'],
    ['--lowest-efficiency', '0.7', '--highest-wasted-bytes', '1MB', '--highest-user-wasted-percent', '0.9'],
  ];
  for (const thresholds of held) {
    it(`is content with ${thresholds.join(' ')}`, async () => {
      const { code, stderr } = await strata('analyze', 'acme/app:1', ...thresholds);
      assert.deepEqual([code, stderr], [0, '']);
    });
  }

  const missed: readonly [thresholds: readonly string[], says: RegExp][] = [
    [['--lowest-efficiency', '0.76'], /efficiency is 0\.75, below 0\.76/],
    [['--lowest-efficiency', '1'], /below 1\b/],
    [['--highest-wasted-bytes', '0'], /4000 bytes are wasted, more than 0\b/],
    [['--highest-wasted-bytes', '3.9kB'], /more than 3\.9kB/],
    [['--highest-wasted-bytes', '3.9 KiB'], /more than 3\.9 KiB/],
    [['--highest-user-wasted-percent', '0.66'], /0\.6666+ of what .* is wasted, more than 0\.66\n/],
    [
      ['--lowest-efficiency', '0.8', '--highest-wasted-bytes', '4kB', '--highest-user-wasted-percent', '0'],
      /below 0\.8; 0\.6666+ of .* more than 0\n/,
    ],
  ];
  for (const [thresholds, says] of missed) {
    it(`fails at ${thresholds.join(' ')}, the report printed all the same`, async () => {
      const [text, json] = [
        await strata('analyze', 'acme/app:1', ...thresholds),
        await strata('--json', 'analyze', ...thresholds, 'acme/app:1'),
      ];
      assert.deepEqual([text.code, json.code], [1, 1]);
      assert.match(text.stdout, /^EFFICIENCY .*\/data\/a\n$/s);
      assert.deepEqual(jsonLines(json.stdout), [report]);
      for (const { stderr } of [text, json]) {
        assert.match(stderr, /^Error: [^\n]+\n$/);
        assert.match(stderr, says);
      }
    });
  }

  const refused: readonly [option: string, values: readonly string[]][] = [
    ['--lowest-efficiency', ['', '1.1', '-0.1', '95%', 'NaN', 'Infinity', '0,9', '1e-1', 'high']],
    ['--highest-user-wasted-percent', ['', '1.0001', '-1', '50', 'x']],
    ['--highest-wasted-bytes', ['', '-1', '50 apples', '1.kB', 'kB', '1iB', '1kBB', '0x10', 'NaN']],
  ];
  for (const [option, values] of refused) {
    it(`refuses ${option} of ${values.join(', ')}, and prints no report`, async () => {
      for (const value of values) {
        const { code, stdout, stderr } = await strata('analyze', 'acme/app:1', `${option}=${value}`);
        assert.deepEqual([code, stdout], [1, ''], value);
        assert.match(stderr, /^Error: invalid value "[^\n]*" for --[^\n]+: write [^\n]+\n$/);
        assert.ok(stderr.includes(JSON.stringify(value)) && stderr.includes(option), stderr);
      }
    });
  }
});
