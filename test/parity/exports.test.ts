import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FileRow, LayerEntryType, PathChange } from '../../src/engine/image.ts';
import { encodePath } from '../../src/engine/layers/entryText.ts';
import type { InstalledPackage } from '../../src/engine/packages/installedPackage.ts';
import { bytesInProcess, jsonLines } from '../support/commandLine.ts';
import { packageLine } from '../support/packages/packageWorld.ts';
import { run } from '../support/realParts/command.ts';
import { type Dockerd, startDockerd } from '../support/realParts/dockerd.ts';
import { type ExportedEntry, ExportedTree } from '../support/realParts/exportedTree.ts';
import { skopeo } from '../support/realParts/skopeo.ts';
import {
  buildSmallImages,
  type SmallImageName,
  type SmallImages,
  smallImageNames,
} from '../support/realParts/smallImages.ts';

/** Docker makes these in each container, whatever its image has there. */
const madeByDocker = /^\/(\.dockerenv|(dev|proc|sys)(\/.*)?|etc\/(hosts|hostname|resolv\.conf|mtab))$/s;
/** Folders in which it does so: their time is that of the container. */
const touchedByDocker = '/etc';

const pairs: readonly (readonly [SmallImageName, SmallImageName])[] = [
  ['debian', 'python'],
  ['python', 'node'],
  ['node', 'debian'],
];

describe('real images beside docker export', function () {
  this.timeout(120_000);
  let folder: string;
  let images: SmallImages;
  let docker: Dockerd;
  const trees = new Map<SmallImageName, ExportedTree>();

  before(async function () {
    this.timeout(180_000);
    folder = await mkdtemp(path.join(tmpdir(), 'strata-exports-'));
    images = await buildSmallImages();
    docker = await startDockerd();
    // What the others begin with comes first, so that they find it there.
    await exportImage('debian');
    await Promise.all([exportImage('python'), exportImage('node')]);
    await docker.docker(['save', '-o', path.join(folder, 'node.tar'), 'node']);
  });

  after(async () => {
    await docker?.close();
    await images?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function exportImage(name: SmallImageName): Promise<void> {
    const target = ['--dest-daemon-host', `unix://${docker.socket}`, `docker-daemon:${name}:latest`];
    await skopeo(['copy', '-q', `oci:${images.directory}:${name}`, ...target]);
    trees.set(name, await ExportedTree.of(docker, name, path.join(folder, name)));
  }

  /** Node as Docker itself saves it, the others as buildah wrote them. */
  const imageOf = (name: SmallImageName): string =>
    name === 'node' ? `docker-archive:${path.join(folder, 'node.tar')}` : `oci:${images.directory}:${name}`;

  function treeOf(name: SmallImageName): ExportedTree {
    const tree = trees.get(name);
    assert.ok(tree);
    return tree;
  }

  async function strata(...commandLine: string[]): Promise<Buffer> {
    const { code, bytes, stderr } = await bytesInProcess([
      '--store',
      path.join(folder, 'store'),
      ...commandLine,
    ]);
    assert.deepEqual([code, stderr], [0, '']);
    return bytes;
  }

  async function rows<T>(...commandLine: string[]): Promise<T[]> {
    return jsonLines((await strata('--json', ...commandLine)).toString()) as T[];
  }

  it('these images are hard enough: whiteouts, an opaque folder, hard links, special bits, a name that is no text', async () => {
    const types = new Set<LayerEntryType>();
    const layers = await rows<{ index: number; empty: boolean }>('layers', imageOf('python'));
    for (const { index } of layers.filter(({ empty }) => !empty)) {
      const entries = await rows<FileRow<LayerEntryType>>('files', imageOf('python'), '--layer', `${index}`);
      for (const { type } of entries) types.add(type);
    }
    assert.deepEqual([...types].toSorted(), [
      'directory',
      'fifo',
      'file',
      'hardlink',
      'opaque',
      'symlink',
      'whiteout',
    ]);
    const { entries } = treeOf('python');
    assert.ok(entries.size > 2000);
    assert.equal(entries.get('/opt/sh')?.mode, 0o4751);
    assert.equal(entries.get('/opt/odd/two')?.link, '/opt/odd/one');
    assert.ok(entries.has('/opt/odd/\udce9'));
    assert.equal(entries.has('/opt/odd/gone'), false);
  });

  for (const name of smallImageNames) {
    it(`files: ${name} has what docker export has`, async () => {
      const listed = comparable(withFirstNames(await rows<FileRow>('files', imageOf(name))));
      assert.deepEqual(listed, comparable(treeOf(name).entries));
    });

    it(`packages: ${name} has what dpkg-query finds in it`, async () => {
      const packages = await rows<InstalledPackage>('packages', imageOf(name));
      // What Debian's image is made of was unpacked without dpkg, and is not in its database.
      assert.equal(packages.length > 0, name !== 'debian');
      assert.deepEqual(packages.map(packageLine).toSorted(), await queriedPackages(treeOf(name)));
    });

    it(`cat: the bytes of files of ${name} are those of docker export`, async () => {
      const tree = treeOf(name);
      const sample = sampleOf(tree);
      assert.ok(sample.length > 12);
      for (const at of sample)
        assert.ok((await strata('cat', imageOf(name), at)).equals(await tree.content(at)), at);
    });
  }

  it('cat: links are followed inside the image', async () => {
    const linked = await strata('cat', imageOf('python'), '/etc/os-release');
    assert.ok(linked.equals(await treeOf('python').content('/usr/lib/os-release')));
    assert.match(linked.toString(), /^VARIANT=python$/m);
  });

  for (const [before, after] of pairs) {
    it(`diff: ${before} and ${after} differ as their exports do`, async () => {
      const expected = await differences(treeOf(before), treeOf(after));
      assert.ok(expected.length > 10);
      const changes = await rows<PathChange>('diff', imageOf(before), imageOf(after));
      assert.deepEqual(
        changes
          .filter(({ path: at }) => !madeByDocker.test(at))
          .map(({ change, path: at }) => `${change} ${at}`),
        expected,
      );
    });
  }
});

async function queriedPackages(tree: ExportedTree): Promise<string[]> {
  const fields = ['Package', 'Version', 'Architecture', 'source:Package'];
  const format = `${fields.map((field) => `$\{${field}}`).join(' ')}\n`;
  const output = await run('dpkg-query', ['--admindir', tree.onDisk('/var/lib/dpkg'), '-W', '-f', format]);
  return output.split('\n').slice(0, -1).toSorted();
}

/**
 * Which name of a file is "the file" and which a hard link to it is up to whoever writes the tar: the one that comes first
 * there. All are shown as files here, with the first of their names in byte order for their link, on both sides alike.
 */
function withFirstNames(rows: readonly FileRow[]): Map<string, ExportedEntry> {
  const first = new Map<string, string>();
  const fileOf = (row: FileRow) => (row.type === 'hardlink' ? (row.linkName ?? '') : row.path);
  // The rows come in byte order.
  for (const row of rows) if (!first.has(fileOf(row))) first.set(fileOf(row), row.path);
  return new Map(
    rows.map((row) => {
      const { path: at, mode, uid, gid, size, mtime, linkName } = row;
      const name = first.get(fileOf(row)) ?? at;
      const link = row.type === 'symlink' ? linkName : name === at ? null : name;
      return [at, { type: plainType(row), mode, uid, gid, size, mtime: Math.floor(mtime), link }];
    }),
  );
}

function plainType({ type }: FileRow): ExportedEntry['type'] {
  if (type === 'hardlink') return 'file';
  return type === 'character' || type === 'block' ? 'device' : type;
}

/** A line an entry, so that a failure shows what differs. */
function comparable(entries: ReadonlyMap<string, ExportedEntry>): string[] {
  return [...entries]
    .filter(([at]) => !madeByDocker.test(at))
    .map(([at, { mtime, ...entry }]) =>
      JSON.stringify({ at, ...entry, mtime: at === touchedByDocker ? null : mtime }),
    )
    .toSorted();
}

/** About every five-hundredth file, the largest, and what the test images have of oddities. */
function sampleOf({ entries }: ExportedTree): string[] {
  const files = [...entries].filter(([at, { type }]) => type === 'file' && !madeByDocker.test(at));
  const largest = files.toSorted(([, one], [, other]) => other.size - one.size).slice(0, 3);
  const odd = files.filter(([at]) => at.startsWith('/opt/'));
  const some = files.filter((_, index) => index % 500 === 0);
  return [...new Set([...largest, ...odd, ...some].map(([at]) => at))];
}

async function differences(before: ExportedTree, after: ExportedTree): Promise<string[]> {
  const paths = new Set([...before.entries.keys(), ...after.entries.keys()]);
  const changes: [path: string, change: PathChange['change']][] = [];
  for (const at of paths) {
    const change = madeByDocker.test(at) ? undefined : await changeAt(at, before, after);
    if (change) changes.push([at, change]);
  }
  return changes
    .toSorted(([one], [other]) => Buffer.compare(encodePath(one), encodePath(other)))
    .map(([at, change]) => `${change} ${at}`);
}

async function changeAt(
  at: string,
  before: ExportedTree,
  after: ExportedTree,
): Promise<PathChange['change'] | undefined> {
  const [old, now] = [before.entries.get(at), after.entries.get(at)];
  if (!old) return 'added';
  if (!now) return 'removed';
  const facts = ({ mtime: _mtime, size: _size, ...entry }: ExportedEntry) => JSON.stringify(entry);
  if (facts(old) !== facts(now)) return 'modified';
  if (now.type !== 'file') return undefined;
  return (await before.contentDigest(at)) === (await after.contentDigest(at)) ? undefined : 'modified';
}
