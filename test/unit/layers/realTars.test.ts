import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { requirePart } from '../../support/requirePart.ts';

/** With what a format cannot hold. */
const formats: readonly (readonly [format: string, without: readonly string[]])[] = [
  ['v7', ['--exclude=long*', '--exclude=ä*']],
  ['ustar', ['--exclude=long-link']],
  ['oldgnu', []],
  ['gnu', []],
  ['pax', []],
];

function hasGnuTar(): boolean {
  try {
    return execFileSync('tar', ['--version'], { encoding: 'utf8' }).includes('GNU tar');
  } catch {
    return false;
  }
}

/** Found out here, so that a machine without GNU tar says so in the test's title. */
const gnuTar = hasGnuTar();

describe(`archives of GNU tar${gnuTar ? '' : ' (it is not installed: skipped)'}`, () => {
  const folder = temporaryFolder();
  const tree = join(folder, 'tree');

  before(function () {
    requirePart(this, 'GNU tar', gnuTar);
    makeTree(tree);
  });

  for (const [format, without] of formats) {
    it(`of format ${format} show what tar itself lists`, async () => {
      const tar = tarBytes(['--format', format, ...without]);
      const index = await indexOfTar(tar, folder);
      const rows = Array.from(index.rows(0), ({ type, mode, uid, gid, size, mtime, path, linkName }) => {
        const link = linkName === null ? '' : ` ${linkName.replace(/^\//, '')}`;
        // tar lists a hard link with size 0 and the mode of the file.
        const shownSize = type === 'hardlink' ? 0 : size;
        return `${letter(type)}${modeText(mode)} ${uid}/${gid} ${shownSize} ${Math.floor(mtime)} ${path.slice(1)}${link}`;
      });
      assert.deepEqual(rows, listed(tar));
    });
  }

  for (const version of ['gnu', '0.0', '0.1', '1.0']) {
    it(`hold sparse files (${version}) with their real size and content`, async () => {
      const format = version === 'gnu' ? ['--format=gnu'] : ['--format=pax', `--sparse-version=${version}`];
      const index = await indexOfTar(tarBytes(['--sparse', ...format]), folder);
      const at = index.find(Buffer.from('/holes')) ?? -1;
      const whole = await indexOfTar(tarBytes(['--format=pax']), folder);
      const plain = whole.find(Buffer.from('/holes')) ?? -1;
      assert.equal(index.size(at), 3_000_000);
      assert.ok((index.segments(at)?.length ?? 0) >= 1, 'tar did not store it as sparse');
      assert.deepEqual(index.contentHash(at), whole.contentHash(plain));
    });
  }

  function tarBytes(options: readonly string[]): Buffer {
    const order = ['--sort=name', '--numeric-owner', '-C', tree, '-cf', '-', '.'];
    return execFileSync('tar', [...options, ...order], { maxBuffer: 2 ** 28 });
  }

  /** `tar -tv` in UTC, in byte order of path. */
  function listed(tar: Buffer): string[] {
    const options = ['--numeric-owner', '--full-time', '--quoting-style=literal', '--show-transformed-names'];
    const text = execFileSync('tar', ['-tv', ...options, '-f', '-'], {
      input: tar,
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
    });
    const rows = text.split('\n').filter((line) => line !== '' && !line.endsWith(' ./'));
    return rows.map(listedRow).sort((a, b) => Buffer.compare(pathOf(a), pathOf(b)));
  }
});

function pathOf(row: string): Buffer {
  return Buffer.from(`/${row.split(' ')[4] ?? ''}`);
}

function listedRow(line: string): string {
  const [mode = '', owner, size, date, time, ...names] = line.split(/ +/);
  const seconds = Math.floor(Date.parse(`${date}T${time}Z`) / 1000);
  const name = names
    .join(' ')
    .replace(/ -> /, ' ')
    .replace(/ link to \.\//, ' ')
    .replace(/^\.\//, '')
    .replace(/\/$/, '');
  return `${mode} ${owner} ${size} ${seconds} ${name}`;
}

function letter(type: string): string {
  return { file: '-', directory: 'd', symlink: 'l', hardlink: 'h' }[type] ?? '?';
}

function modeText(mode: number): string {
  return [6, 3, 0]
    .map((shift) => {
      const bits = (mode >> shift) & 7;
      return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
    })
    .join('');
}

function makeTree(tree: string): void {
  mkdirSync(join(tree, 'folder', 'in-folder'), { recursive: true });
  mkdirSync(join(tree, 'long'.repeat(20), 'name'.repeat(15)), { recursive: true });
  writeFileSync(join(tree, 'folder', 'a'), 'a'.repeat(1000));
  writeFileSync(join(tree, 'folder-b'), '', { mode: 0o600 });
  writeFileSync(join(tree, 'ä-ö'), 'utf-8');
  writeFileSync(join(tree, 'long'.repeat(20), 'name'.repeat(15), 'file'.repeat(20)), 'deep');
  linkSync(join(tree, 'folder', 'a'), join(tree, 'hard'));
  symlinkSync('folder/a', join(tree, 'soft'));
  symlinkSync('x'.repeat(150), join(tree, 'long-link'));
  writeFileSync(join(tree, 'holes'), 'begin');
  truncateSync(join(tree, 'holes'), 2_000_000);
  writeFileSync(join(tree, 'holes'), 'middle', { flag: 'a' });
  truncateSync(join(tree, 'holes'), 3_000_000);
  utimesSync(join(tree, 'folder-b'), 1_000_000_000.25, 1_000_000_000.25);
}
