import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { assertRefused } from '../../support/assertRefused.ts';
import { type CommandResult, runInProcess } from '../../support/commandLine.ts';
import { gzipLayer, plainLayer } from '../../support/hostileLayers.ts';
import {
  type HostileImage,
  type HostileLayer,
  layoutFiles,
  writeLayout,
} from '../../support/hostileLayout.ts';
import { serveLayout } from '../../support/layoutRegistry.ts';
import { directory, file, globalHeader, hardlink, symlink, tarOf } from '../../support/tarWriter.ts';

interface HostileCase {
  readonly what: string;
  readonly image: () => HostileImage;
  /** The verb that meets it, and what stands behind the image. */
  readonly verb: readonly [verb: string, ...operands: string[]];
  /** What the one line says where it is refused. */
  readonly refused?: RegExp;
  /** What is printed where it is shown. */
  readonly shown?: RegExp;
  /** Also loaded from an archive and pulled from a registry. */
  readonly isTransferred?: true;
}

const of = (...layers: readonly HostileLayer[]): HostileImage => ({ layers });
const sample = tarOf(directory('d'), file('d/a', 'text'));
const nowhere = `sha256:${'0'.repeat(64)}`;

const oddities: readonly HostileCase[] = [
  {
    what: 'paths that lead out of it',
    image: () => of(plainLayer(tarOf(file('../../etc/x', '1')))),
    verb: ['files'],
    refused: /path leaves its folder: "\.\.\/\.\.\/etc\/x"/,
  },
  {
    what: 'absolute paths, doubled slashes and dots',
    image: () => of(plainLayer(tarOf(file('/etc/x', '1'), file('.//etc/./y', '2')))),
    verb: ['files'],
    shown: /^[^\n]*\/etc\n[^\n]*\/etc\/x\n[^\n]*\/etc\/y\n$/,
  },
  {
    what: 'a link that leads out of it',
    image: () => of(plainLayer(tarOf(symlink('out', '../../../../../../etc/hostname')))),
    verb: ['cat', '/out'],
    refused: /\/out leads to \/etc, which the image does not have/,
  },
  {
    what: 'links in a circle',
    image: () => of(plainLayer(tarOf(symlink('a', 'b'), symlink('b', 'a'), hardlink('c', 'c')))),
    verb: ['cat', '/a/x'],
    refused: /more than 40 symbolic links/,
  },
  {
    what: 'a hard link to itself',
    image: () => of(plainLayer(tarOf(hardlink('c', 'c')))),
    verb: ['cat', '/c'],
    refused: /\/c/,
  },
  {
    what: 'the same path again and again',
    image: () => of(plainLayer(tarOf(file('a', '1'), directory('a'), symlink('a', 'b'), file('a', 'last')))),
    verb: ['cat', '/a'],
    shown: /^last$/,
  },
  {
    what: 'whiteouts of everything and of nothing',
    image: () =>
      of(plainLayer(sample), plainLayer(tarOf(file('.wh..wh..opq'), file('.wh.nosuch'), file('new')))),
    verb: ['files'],
    shown: /^[^\n]*\/new\n$/,
  },
  {
    what: 'a whiteout without a name',
    image: () => of(plainLayer(tarOf(file('d/.wh.')))),
    verb: ['layers'],
    refused: /whiteout/,
  },
  {
    what: 'control characters in its paths and its history',
    image: () => ({
      layers: [plainLayer(tarOf(file('\u001b[2J\rx')))],
      config: { history: [{ created_by: '\u001b]0;owned\u0007' }] },
    }),
    verb: ['files'],
    shown: /^[^\u001b\r]*\\x1b\[2J\\rx\n$/,
  },
];

const broken: readonly HostileCase[] = [
  {
    what: 'a header whose checksum is wrong',
    image: () => of(plainLayer(tarOf(file('a', '1'), file('b', '2', { checksum: 'wrong' })))),
    verb: ['files'],
    refused: /broken header/,
  },
  {
    what: 'a negative size',
    image: () => of(plainLayer(tarOf(file('a', '', { size: -512, base256: true })))),
    verb: ['layers'],
    refused: /negative size/,
    isTransferred: true,
  },
  {
    what: 'a size that no number holds',
    image: () =>
      of(
        plainLayer(
          tarOf(file('a', '', { patch: (header) => header.fill(0x7f, 125, 136).fill(0x80, 124, 125) })),
        ),
      ),
    verb: ['layers'],
    refused: /size|ends in the middle|number/,
  },
  {
    what: 'more bytes promised than there are',
    image: () => of(plainLayer(tarOf(file('a', '', { size: 2 ** 20 })))),
    verb: ['cat', '/a'],
    refused: /ends in the middle/,
  },
  {
    what: 'more bytes promised than so small a layer could have',
    image: () => of(plainLayer(tarOf(file('a', '', { size: 2 ** 31 })))),
    verb: ['cat', '/a'],
    refused: /out of all proportion/,
  },
  {
    what: 'PAX records without sense',
    image: () => of(plainLayer(tarOf(file('a', 'x', { pax: { size: '-1' } })))),
    verb: ['files'],
    refused: /size/,
  },
  {
    what: 'a global header for everything',
    image: () =>
      of(plainLayer(tarOf(globalHeader({ path: 'same', comment: 'x' }), file('a', '1'), file('b', '2')))),
    verb: ['cat', '/same'],
    shown: /^2$/,
  },
  {
    what: 'a stream that ends in the middle',
    image: () => of(gzipLayer(sample, { bytes: gzipSync(sample).subarray(0, -12) })),
    verb: ['layers'],
    refused: /end early/,
    isTransferred: true,
  },
  {
    what: 'a layer that is no tar',
    image: () => of(plainLayer(Buffer.alloc(1024, 'no tar '))),
    verb: ['files'],
    refused: /broken header/,
  },
  {
    what: 'a layer under another digest',
    image: () => of(plainLayer(sample, { digest: nowhere })),
    verb: ['layers'],
    refused: /the layer sha256:0+ has the digest sha256:/,
    isTransferred: true,
  },
  {
    what: 'a layer of another size',
    image: () => of(plainLayer(sample, { size: 7 })),
    verb: ['analyze'],
    refused: /more than its 7 bytes/,
  },
  {
    what: 'a layer that unpacks to something else',
    image: () => of(gzipLayer(sample, { diffId: nowhere })),
    verb: ['cat', '/d/a'],
    refused: /unpacks to the diffId sha256:/,
    isTransferred: true,
  },
  {
    what: 'more layers in the config than in the manifest',
    image: () => ({
      layers: [plainLayer(sample)],
      config: { rootfs: { type: 'layers', diff_ids: [plainLayer(sample).diffId, nowhere] } },
    }),
    verb: ['layers'],
    refused: /contradicts itself: 1 layers in the manifest, 2 in the config/,
    isTransferred: true,
  },
  {
    what: 'a manifest that is an index too',
    image: () => ({ layers: [plainLayer(sample)], manifest: { manifests: [] } }),
    verb: ['files'],
    refused: /both manifests and layers/,
    isTransferred: true,
  },
  {
    what: 'a manifest that says it is of another type',
    image: () => ({ layers: [plainLayer(sample)], manifest: { mediaType: mediaType.dockerManifest } }),
    verb: ['diff'],
    refused: /says it is .* but was given as/,
  },
];

describe('the command line on an image with', () => {
  let folder: string;
  let store: string;
  const strata = (...commandLine: readonly string[]) => runInProcess(['--store', store, ...commandLine]);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-hostile-'));
    store = join(folder, 'store');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const { what, image, verb, refused, shown } of [...oddities, ...broken]) {
    const [name, ...operands] = verb;
    it(`${what}: ${name} ${refused ? 'refuses it in one line' : 'shows it harmlessly'}`, async () => {
      const layout = join(folder, 'layout');
      await writeLayout(layout, image(), '1');
      const place = `oci:${layout}`;
      const run = await strata(name, place, ...(name === 'diff' ? [place] : operands));
      await rm(layout, { recursive: true });
      if (refused) assertRefused(run, refused);
      else assertShown(run, shown);
    });
  }

  for (const { what, image, refused } of broken.filter(({ isTransferred }) => isTransferred)) {
    it(`${what}: load and pull refuse it, and nothing of it stays in the store`, async () => {
      assert.ok(refused);
      const files = layoutFiles(image(), 'acme/hostile:1');
      const archive = join(folder, 'archive.tar');
      await writeFile(archive, tarOf(...[...files].map(([path, bytes]) => file(path, bytes))));
      assertRefused(await strata('load', '-i', archive), /./);
      await using registry = await serveLayout(files);
      assertRefused(await strata('pull', '-q', `${registry.host}/acme/hostile:1`), refused);
      assert.deepEqual((await strata('store', 'verify')).code, 0);
      assert.deepEqual((await strata('store', 'gc')).code, 0);
      assert.deepEqual(await readdir(join(store, 'blobs', 'sha256')), []);
    });
  }
});

function assertShown(run: CommandResult, shown: RegExp | undefined): void {
  assert.deepEqual([run.code, run.stderr], [0, '']);
  if (shown) assert.match(run.stdout, shown);
}
