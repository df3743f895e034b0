import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PathChange } from '../../../src/engine/image.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { classicArchive, ociArchive, type PlainImage } from '../../support/archives/sampleArchives.ts';
import { bytesInProcess, commandLineBuild, jsonLines, runInProcess } from '../../support/commandLine.ts';
import { run } from '../../support/realParts/command.ts';
import { buildManifest, withoutIndex } from '../../support/sampleRegistry/imageBuilder.ts';
import { file, hardlink, type LayerFile, symlink, whiteout } from '../../support/sampleRegistry/layerTar.ts';
import { storeImage } from '../../support/storedImage.ts';
import { file as item, tarOf } from '../../support/tarWriter.ts';

const bytes = Buffer.from([0, 0xff, 0xfe, 0x0a, 0x0d, 0x80]);

const base: readonly LayerFile[] = [
  file('etc/release', 'version 1\n'),
  symlink('etc/link', '../etc/release'),
  hardlink('etc/hard', 'etc/release'),
  file('data/bytes', bytes),
  file('data/old', 'old'),
  symlink('loop', 'loop'),
];
const above: readonly LayerFile[] = [
  file('etc/release', 'version 2\n'),
  file('etc/new', 'new'),
  whiteout('data'),
];

/** Layers as they are, not compressed, so that a byte can be changed where it stands. */
function image(...layers: (readonly LayerFile[])[]) {
  return buildManifest({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: layers.map((files, at) => ({
      createdBy: `COPY ${at} /`,
      created: new Date(1_700_000_000_000),
      files,
      compression: 'none',
    })),
  });
}

const first = image(base);
const second = image(base, above);

function asPlain(manifest: typeof first, tag: string): PlainImage {
  const [config, ...layers] = manifest.blobs;
  const digests = layers.map(({ descriptor }) => descriptor.digest);
  assert.ok(config);
  return {
    tags: [tag],
    layers: layers.map((layer) => layer.bytes),
    config: config.bytes,
    id: config.descriptor.digest,
    diffIds: digests,
  };
}

describe('cat and diff', function () {
  this.timeout(60_000);
  let folder: string;
  let store: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-forms-'));
    store = join(folder, 'store');
    await storeImage(store, first, ['acme/app:1']);
    await storeImage(store, second, ['acme/app:2']);
    await writeLayouts();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function writeLayouts(): Promise<void> {
    const archive = ociArchive([
      ['1', withoutIndex(first)],
      ['2', withoutIndex(second)],
    ]);
    await writeFile(join(folder, 'oci.tar'), archive);
    await mkdir(join(folder, 'oci'));
    await run('tar', ['-x', '-f', join(folder, 'oci.tar'), '-C', join(folder, 'oci')]);
    const plain = [asPlain(first, 'acme/app:1'), asPlain(second, 'acme/app:2')];
    await writeFile(join(folder, 'docker.tar'), classicArchive(...plain));
  }

  const strata = (...commandLine: string[]) => bytesInProcess(['--store', store, ...commandLine]);

  const forms: readonly (readonly [form: string, of: (tag: string) => string])[] = [
    ['a reference in the store', (tag) => `acme/app:${tag}`],
    ['an ID in the store', (tag) => (tag === '1' ? idOf(first) : idOf(second))],
    ['oci:', (tag) => `oci:${join(folder, 'oci')}:${tag}`],
    ['oci-archive:', (tag) => `oci-archive:${join(folder, 'oci.tar')}:${tag}`],
    ['docker-archive:', (tag) => `docker-archive:${join(folder, 'docker.tar')}:acme/app:${tag}`],
  ];

  const files: readonly (readonly [path: string, content: string | Buffer])[] = [
    ['/etc/release', 'version 1\n'],
    ['etc/release', 'version 1\n'],
    ['/etc/link', 'version 1\n'],
    ['/etc/hard', 'version 1\n'],
    ['/data/bytes', bytes],
  ];

  const expected = [
    ...['removed /data', 'removed /data/bytes', 'removed /data/old'],
    ...['modified /etc/hard', 'added /etc/new', 'modified /etc/release'],
  ];

  for (const [form, of] of forms) {
    it(`cat prints a file of ${form}, byte for byte`, async () => {
      for (const [path, content] of files) {
        const result = await strata('cat', of('1'), path);
        assert.deepEqual(result, { code: 0, bytes: Buffer.from(content), stderr: '' }, path);
      }
    });

    it(`cat sees the union of ${form}`, async () => {
      assert.equal((await strata('cat', of('2'), '/etc/link')).bytes.toString(), 'version 2\n');
      assert.equal((await strata('cat', of('2'), '/etc/hard')).bytes.toString(), 'version 1\n');
      const { code, bytes: none, stderr } = await strata('cat', of('2'), '/data/old');
      assert.deepEqual([code, none.length], [1, 0]);
      assert.match(stderr, /^Error: [^\n]*\/data\/old[^\n]*\n$/);
    });

    it(`diff finds what ${form} and each other form differ in`, async () => {
      for (const [, other] of forms) {
        const { code, bytes: out, stderr } = await strata('--json', 'diff', of('1'), other('2'));
        assert.deepEqual([code, stderr], [0, '']);
        const changes = jsonLines(out.toString()) as PathChange[];
        assert.deepEqual(
          changes.map(({ change, path }) => `${change} ${path}`),
          expected,
        );
        assert.equal((await strata('diff', of('1'), other('1'))).bytes.length, 0);
      }
    });
  }

  it('diff has the rows of "files" before and after, or null', async () => {
    const listed = async (name: string) =>
      jsonLines((await strata('--json', 'files', name)).bytes.toString()) as { path: string }[];
    const [old, now] = [await listed('acme/app:1'), await listed('acme/app:2')];
    const { bytes: out } = await strata('--json', 'diff', 'acme/app:1', 'acme/app:2');
    for (const change of jsonLines(out.toString()) as PathChange[]) {
      assert.deepEqual(Object.keys(change), ['path', 'change', 'before', 'after']);
      assert.deepEqual(change.before, old.find(({ path }) => path === change.path) ?? null);
      assert.deepEqual(change.after, now.find(({ path }) => path === change.path) ?? null);
    }
  });

  it('diff prints the letters of docker diff', async () => {
    const { stdout } = await runInProcess(['--store', store, 'diff', 'acme/app:1', 'acme/app:2']);
    const letters = { added: 'A', modified: 'C', removed: 'D' };
    const lines = expected.map((line) =>
      line.replace(/^\w+/, (word) => letters[word as keyof typeof letters]),
    );
    assert.equal(stdout, `${lines.join('\n')}\n`);
  });

  const refused: readonly (readonly [what: string, path: string, says: RegExp])[] = [
    ['a folder', '/etc', /folder|directory/],
    ['a link that goes round in circles', '/loop', /loop|links/],
    ['what is not there', '/nosuch', /nosuch/],
  ];
  for (const [what, path, says] of refused) {
    it(`cat refuses ${what} in one line`, async () => {
      const { code, bytes: out, stderr } = await strata('cat', 'acme/app:1', path);
      assert.deepEqual([code, out.length], [1, 0]);
      assert.match(stderr, /^Error: [^\n]+\n$/);
      assert.match(stderr, says);
    });
  }

  const counts: readonly (readonly string[])[] = [
    ['cat'],
    ['cat', 'acme/app:1'],
    ['cat', 'acme/app:1', '/a', '/b'],
    ['diff', 'acme/app:1'],
    ['diff', 'acme/app:1', 'acme/app:1', 'acme/app:1'],
  ];
  for (const commandLine of counts) {
    it(`"${commandLine.join(' ')}" is bad usage`, async () => {
      assert.equal((await strata(...commandLine)).code, 2);
    });
  }

  describe('of a layer that is damaged on the disk', () => {
    let damaged: string;
    before(async () => {
      damaged = join(folder, 'damaged');
      await mkdir(damaged);
      await run('cp', ['-r', join(folder, 'oci'), join(damaged, 'oci')]);
      for (const name of ['oci.tar', 'docker.tar']) await damage(join(folder, name), join(damaged, name));
      const blob = join('oci', 'blobs', 'sha256', (first.blobs[1]?.descriptor.digest ?? '').slice(7));
      await damage(join(folder, blob), join(damaged, blob));
    });

    const damagedForms: readonly (readonly [form: string, of: () => string])[] = [
      ['oci:', () => `oci:${join(damaged, 'oci')}:1`],
      ['oci-archive:', () => `oci-archive:${join(damaged, 'oci.tar')}:1`],
      ['docker-archive:', () => `docker-archive:${join(damaged, 'docker.tar')}:acme/app:1`],
    ];
    for (const [form, of] of damagedForms) {
      for (const verb of [
        (name: string) => ['cat', name, '/etc/release'],
        (name: string) => ['diff', name, 'acme/app:2'],
      ]) {
        it(`${verb('')[0]} prints nothing of ${form} and says where the damage is`, async () => {
          const { code, bytes: out, stderr } = await strata(...verb(of()));
          assert.deepEqual([code, out.length], [1, 0]);
          assert.match(stderr, /^Error: [^\n]*sha256:[^\n]*it is damaged on the disk[^\n]*\n$/);
        });
      }
    }
  });

  it('cat finds a path whose bytes are no text, which Node’s own arguments have lost', async function () {
    if (process.platform !== 'linux') this.skip();
    const layer = tarOf(item(Buffer.from('caf\xe9', 'latin1'), 'Latin-1'), item('caf\u00e9', 'UTF-8'));
    const odd = join(folder, 'odd.tar');
    await writeFile(odd, classicArchive(plainOf(layer)));
    const script = `"$1" "$2" --store "$3" cat "$4" $'/caf\\xe9' && "$1" "$2" --store "$3" cat "$4" $'/caf\\xc3\\xa9'`;
    const { node, file: cli } = commandLineBuild;
    const printed = await run('bash', ['-c', script, 'cat', node, cli, store, `docker-archive:${odd}`]);
    assert.equal(printed, 'Latin-1UTF-8');
  });
});

function plainOf(layer: Buffer): PlainImage {
  const diffIds = [digestOf(layer)];
  const rootfs = { type: 'layers', diff_ids: diffIds };
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs }));
  return { tags: ['acme/odd:1'], layers: [layer], config, id: digestOf(config), diffIds };
}

/** The last file's content, changed in place. */
async function damage(from: string, to: string): Promise<void> {
  const content = await readFile(from);
  const at = content.indexOf('version 1\n');
  assert.ok(at > 0);
  content[at] = 0x56;
  await writeFile(to, content);
}

function idOf(manifest: typeof first): string {
  return manifest.blobs[0]?.descriptor.digest ?? '';
}
