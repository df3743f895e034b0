import assert from 'node:assert/strict';
import type { ImageAnalysis } from '../../../src/engine/image.ts';
import { analyzeLayers } from '../../../src/engine/layers/efficiency.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { naiveEfficiency } from '../../support/naiveEfficiency.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import {
  directory,
  entryOf,
  file,
  globalHeader,
  hardlink,
  symlink,
  type TarItem,
  tarOf,
} from '../../support/tarWriter.ts';

type Layers = readonly (readonly (TarItem | Buffer)[])[];

const bytes = (size: number) => 'x'.repeat(size);
const opaque = (folder: string) => file(`${folder}/.wh..wh..opq`);

interface Case {
  readonly what: string;
  readonly layers: Layers;
  /** Smallest bytes of all paths, of the bytes of all paths: the score as a fraction, by hand. */
  readonly score: readonly [least: number, all: number];
  readonly userWasted: number;
  readonly rows: readonly string[];
}

const cases: readonly Case[] = [
  { what: 'no layers', layers: [], score: [1, 1], userWasted: 0, rows: [] },
  {
    what: 'layers without a byte',
    layers: [[file('a')], [file('b')]],
    score: [1, 1],
    userWasted: 0,
    rows: [],
  },
  {
    what: 'one layer',
    layers: [[directory('a'), file('a/b', bytes(10))]],
    score: [10, 10],
    userWasted: 0,
    rows: [],
  },
  {
    what: 'layers that touch nothing of each other',
    layers: [[file('a', bytes(10))], [file('b', bytes(5))]],
    score: [15, 15],
    userWasted: 0,
    rows: [],
  },
  {
    what: 'a file replaced by a smaller one: all its bytes are wasted, the smaller size is the least',
    layers: [
      [file('base', bytes(20)), file('a', bytes(10))],
      [file('a', bytes(4)), file('new', bytes(36))],
    ],
    score: [20 + 4 + 36, 20 + 14 + 36],
    userWasted: 14 / 40,
    rows: ['/a ×2 14'],
  },
  {
    what: 'a file written three times',
    layers: [[file('a', bytes(1))], [file('a', bytes(2))], [file('a', bytes(3)), file('b', bytes(15))]],
    score: [1 + 15, 6 + 15],
    userWasted: 6 / 20,
    rows: ['/a ×3 6'],
  },
  {
    what: 'a removed file, of which nothing was needed',
    layers: [
      [file('a', bytes(10)), file('b', bytes(30))],
      [file('.wh.a'), file('c', bytes(40))],
    ],
    score: [70, 80],
    userWasted: 10 / 40,
    rows: ['/a ×2 10'],
  },
  {
    what: 'a file removed and made again',
    layers: [[file('a', bytes(10))], [file('.wh.a')], [file('a', bytes(10)), file('b', bytes(30))]],
    score: [30, 50],
    userWasted: 20 / 40,
    rows: ['/a ×3 20'],
  },
  {
    what: 'a removed folder, as dive: at its own path, and no waste while only one layer speaks of it',
    layers: [
      [
        directory('d'),
        file('d/a', bytes(10)),
        directory('d/e'),
        file('d/e/f', bytes(20)),
        file('d-', bytes(5)),
      ],
      [file('.wh.d')],
    ],
    score: [65, 65],
    userWasted: 0,
    rows: [],
  },
  {
    what: 'a folder made empty, filled and removed: two layers speak of it',
    layers: [
      [directory('d')],
      [directory('d'), file('d/a', bytes(10))],
      [file('.wh.d'), file('b', bytes(30))],
    ],
    score: [10 + 30, 10 + 10 + 30],
    userWasted: 10 / 40,
    rows: ['/d ×2 10'],
  },
  {
    what: 'a removed folder that no entry describes, as dive: it costs nothing',
    layers: [
      [file('etc/nginx/nginx.conf', bytes(2000)), file('etc/nginx/public', bytes(3000))],
      [file('etc/nginx/nginx.conf', bytes(5000)), file('etc/athing', bytes(10_000))],
      [file('etc/.wh.nginx')],
    ],
    score: [3, 4],
    userWasted: 7000 / 15_000,
    rows: ['/etc/nginx/nginx.conf ×2 7000'],
  },
  {
    what: 'a folder removed after a part of it was: only what was left',
    layers: [
      [directory('d'), file('d/a', bytes(10)), file('d/b', bytes(20))],
      [directory('d'), file('d/.wh.a')],
      [file('.wh.d'), file('c', bytes(70))],
    ],
    score: [20 + 20 + 70, 10 + 20 + 20 + 70],
    userWasted: 10 / 70,
    rows: ['/d/a ×2 10'],
  },
  {
    what: 'empty folders and links in several layers: listed, without a byte',
    layers: [
      [directory('tmp'), symlink('l', 'tmp'), file('a', bytes(3))],
      [directory('tmp', { mode: 0o1777 }), symlink('l', 'a')],
    ],
    score: [3, 3],
    userWasted: 0,
    rows: ['/l ×2 0', '/tmp ×2 0'],
  },
  {
    what: 'folders repeated above what a layer changes: not listed',
    layers: [
      [directory('d'), directory('d/e'), file('d/e/a', bytes(3))],
      [directory('d'), directory('d/e'), file('d/e/b', bytes(4))],
    ],
    score: [7, 7],
    userWasted: 0,
    rows: [],
  },
  {
    what: 'a hard link, which has no bytes of its own',
    layers: [[file('a', bytes(9)), hardlink('b', 'a')], [file('b', bytes(1))]],
    score: [9, 10],
    userWasted: 1,
    rows: ['/b ×2 1'],
  },
  {
    what: 'more waste than the upper layers hold: the ratio ends at 1',
    layers: [[file('a', bytes(1000))], [file('a', bytes(10))]],
    score: [10, 1010],
    userWasted: 1,
    rows: ['/a ×2 1010'],
  },
  {
    what: 'layers with nothing but the root, which is no row',
    layers: [[file('a', bytes(3))], [directory('./')], [directory('./', { mode: 0o700 })]],
    score: [3, 3],
    userWasted: 0,
    rows: [],
  },
  {
    what: 'duplicates in one layer, of which the last holds',
    layers: [[file('a', bytes(5)), file('a', bytes(7))]],
    score: [7, 7],
    userWasted: 0,
    rows: [],
  },
];

/** Where dive is known to be wrong (it says another thing, or nothing), and what is right. */
const faultsOfDive: readonly Case[] = [
  {
    what: 'an opaque mark, which dive ignores: what it hides is wasted',
    layers: [
      [directory('d'), file('d/a', bytes(10)), file('d/b', bytes(20))],
      [directory('d'), opaque('d'), file('d/c', bytes(60))],
    ],
    score: [60, 90],
    userWasted: 30 / 60,
    rows: ['/d/b ×2 20', '/d/a ×2 10'],
  },
  {
    what: 'an opaque mark over a file that its layer puts back: replaced, not removed',
    layers: [
      [directory('d'), file('d/a', bytes(10)), file('d/b', bytes(20))],
      [directory('d'), file('d/b', bytes(25)), opaque('d')],
    ],
    score: [20, 55],
    userWasted: 1,
    rows: ['/d/b ×2 45', '/d/a ×2 10'],
  },
  {
    what: 'opaque marks in folders that are empty but for them: they are what the folder holds',
    layers: [
      [directory('d'), file('d/a', bytes(10))],
      [directory('d'), opaque('d'), file('b', bytes(30))],
      [directory('d'), opaque('d')],
    ],
    score: [30, 40],
    userWasted: 10 / 30,
    rows: ['/d/a ×2 10'],
  },
  {
    what: 'an opaque mark at the root',
    layers: [[file('a', bytes(10))], [file('.wh..wh..opq'), file('b', bytes(30))]],
    score: [30, 40],
    userWasted: 10 / 30,
    rows: ['/a ×2 10'],
  },
  {
    what: 'one layer, for which dive says NaN',
    layers: [[file('a', bytes(10))]],
    score: [1, 1],
    userWasted: 0,
    rows: [],
  },
  {
    what: 'upper layers without a byte, for which dive says NaN or infinity',
    layers: [[file('a', bytes(10)), file('b', bytes(30))], [file('.wh.a')]],
    score: [30, 40],
    userWasted: 1,
    rows: ['/a ×2 10'],
  },
  {
    what: 'a global PAX header, at which dive gives up',
    layers: [[globalHeader({ comment: 'made by git' }), file('a', bytes(10))], [file('a', bytes(30))]],
    score: [10, 40],
    userWasted: 1,
    rows: ['/a ×2 40'],
  },
  {
    what: 'a whiteout of what is not there, behind which dive sees nothing of the layer',
    layers: [[file('z', bytes(10))], [file('.wh.a'), file('z', bytes(30))]],
    score: [10, 40],
    userWasted: 1,
    rows: ['/z ×2 40'],
  },
  {
    what: 'a folder replaced by a link: dive misses that what was in it is gone',
    layers: [
      [directory('lib'), file('lib/a', bytes(10))],
      [symlink('lib', 'usr/lib'), file('b', bytes(30))],
    ],
    score: [30, 40],
    userWasted: 10 / 30,
    rows: ['/lib/a ×2 10'],
  },
];

describe('what layers waste', () => {
  const folder = temporaryFolder();

  async function analyze(layers: Layers): Promise<ImageAnalysis> {
    const indexes = await Promise.all(layers.map((items) => indexOfTar(tarOf(...items), folder)));
    return analyzeLayers(indexes);
  }

  const table = [
    ...cases.map((row) => ({ ...row, title: `counts ${row.what}` })),
    ...faultsOfDive.map((row) => ({ ...row, title: `is right about ${row.what}` })),
  ];
  for (const { title, layers, score, userWasted, rows } of table) {
    it(title, async () => {
      const analysis = await analyze(layers);
      assert.equal(analysis.efficiency, score[0] / score[1]);
      assert.deepEqual(lines(analysis), rows);
      assert.equal(analysis.userWastedPercent, userWasted);
      assert.equal(analysis.layers, layers.length);
      const listed = analysis.inefficiencies.map(({ cumulativeSize }) => cumulativeSize);
      assert.equal(analysis.wastedBytes, sum(listed));
    });
  }

  it('says of how many bytes it speaks: those of all files in all layers', async () => {
    const { sizeBytes } = await analyze([
      [directory('d'), file('d/a', bytes(10)), hardlink('b', 'd/a')],
      [file('d/a', bytes(4)), file('.wh.b')],
    ]);
    assert.equal(sizeBytes, 14);
  });

  it('puts the worst first, of equals that of the newest layer, then by path', async () => {
    const upper = [file('small', '1'), file('old', bytes(5)), file('b', bytes(5)), file('a', bytes(5))];
    const layers = [upper, upper.slice(0, 2), upper.slice(2)];
    assert.deepEqual(lines(await analyze(layers)), ['/a ×2 10', '/b ×2 10', '/old ×2 10', '/small ×2 2']);
  });

  it('shows bytes of a path that are no text as they are', async () => {
    const layer = [file(Buffer.from([0x61, 0xff]), '1')];
    assert.deepEqual(lines(await analyze([layer, layer])), ['/a\udcff ×2 2']);
  });

  it('takes an opaque mark for a whiteout of each thing in the folder', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const base = randomLayers(seed, 1)[0] ?? [];
      const top = base.map(({ path }) => String(path)).filter((path) => !path.includes('/'));
      const whiteouts = top.map((name) => file(`.wh.${name}`));
      const added = [file('new', bytes(7))];
      const [marked, listed] = [
        await analyze([base, [opaque('.'), ...added]]),
        await analyze([base, [...whiteouts, ...added]]),
      ];
      assert.deepEqual(marked, listed, `seed ${seed}`);
    }
  });

  it('agrees with dive’s definition on random layers', async () => {
    let wasteful = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const layers = randomLayers(seed, 5);
      const expected = naiveEfficiency(layers);
      const { efficiency, wastedBytes, ...analysis } = await analyze(layers);
      const rows = lines(analysis).sort();
      assert.deepEqual({ efficiency, wastedBytes, rows }, expected, `seed ${seed}`);
      if (wastedBytes > 0) wasteful++;
    }
    assert.ok(wasteful > 30, `only ${wasteful} of the random images waste anything`);
  }).timeout(20_000);

  it('needs time for 80,000 entries and for 60 layers over them, not for their product', async () => {
    const many = Array.from({ length: 80_000 }, (_, at) => file(`d${at % 500}/f${at}`, 'x'));
    const folders = Array.from({ length: 500 }, (_, at) => directory(`d${at}`));
    const base = await indexOfTar(tarOf(Buffer.concat([...folders, ...many].map(entryOf))), folder);
    const removals = Array.from({ length: 60 }, (_, at) =>
      indexOfTar(
        tarOf(file(`.wh.d${at}`), directory(`d${at + 60}`), file(`d${at + 60}/f${at + 60}`, 'y')),
        folder,
      ),
    );
    const layers = [base, ...(await Promise.all(removals))];
    const start = processorMilliseconds();
    const { inefficiencies, wastedBytes } = await analyzeLayers(layers);
    const milliseconds = processorMilliseconds() - start;
    assert.deepEqual([inefficiencies.length, wastedBytes], [60, 120]);
    assert.ok(milliseconds < 2500, `${Math.round(milliseconds)} ms`);
  }).timeout(60_000);

  it('lets others work meanwhile, and stops when nobody wants the answer', async () => {
    const index = await indexOfTar(tarOf(...Array.from({ length: 9000 }, (_, at) => file(`f${at}`))), folder);
    const abort = new AbortController();
    setImmediate(() => setImmediate(() => abort.abort()));
    await assert.rejects(analyzeLayers([index], abort.signal), { reason: 'Cancelled' });
  });
});

function lines({ inefficiencies }: Pick<ImageAnalysis, 'inefficiencies'>): string[] {
  return inefficiencies.map(({ path, count, cumulativeSize }) => `${path} ×${count} ${cumulativeSize}`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Folders and files; a path is of the same type in all layers, and a whiteout hits what lower layers have. */
function randomLayers(seed: number, atMost: number): TarItem[][] {
  const random = pseudoRandom(seed * 104_729);
  const number = (below: number) => Math.floor(random() * below);
  const there = new Set<string>();
  return Array.from({ length: 1 + number(atMost) }, () => {
    const layer: RandomLayer = new Map();
    for (let count = 1 + number(8); count > 0; count--) {
      const path = randomPath(number);
      if (there.has(path) && number(5) < 2) remove(path, there, layer);
      else put(path, number(30), there, layer);
    }
    return [...layer.values()];
  });
}

/** By the path that an item speaks of. */
type RandomLayer = Map<string, TarItem>;

function randomPath(number: (below: number) => number): string {
  const folders = Array.from({ length: 1 + number(2) }, () => 'abc'[number(3)]);
  const names = [...folders.slice(number(2)), ...(number(4) > 0 ? [`file${number(3)}`] : [])];
  return names.join('/') || 'a';
}

/** With the folders above, as a builder does. */
function put(path: string, size: number, there: Set<string>, layer: RandomLayer): void {
  const parts = path.split('/');
  const all = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  if (all.some((above) => isWhiteout(layer.get(above)))) return;
  for (const each of all) {
    layer.set(each, each.includes('file') ? file(each, bytes(size)) : directory(each));
    there.add(each);
  }
}

/** Where the layer has said nothing of the path, of what is below, or that a folder above is gone. */
function remove(path: string, there: Set<string>, layer: RandomLayer): void {
  const isTold = [...layer].some(
    ([other, item]) => other === path || isBelow(other, path) || (isBelow(path, other) && isWhiteout(item)),
  );
  if (isTold) return;
  for (const other of there) if (other === path || isBelow(other, path)) there.delete(other);
  const name = path.lastIndexOf('/') + 1;
  layer.set(path, file(`${path.slice(0, name)}.wh.${path.slice(name)}`));
}

function isWhiteout(item: TarItem | undefined): boolean {
  return String(item?.path).includes('.wh.');
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}/`);
}
