import assert from 'node:assert/strict';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { naiveUnion } from '../../support/naiveUnion.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import { directory, file, hardlink, symlink, type TarItem, tarOf } from '../../support/tarWriter.ts';

const opaque = (folder: string) => file(`${folder}/.wh..wh..opq`);

const cases: readonly (readonly [
  what: string,
  layers: readonly (readonly TarItem[])[],
  rows: readonly string[],
])[] = [
  ['no layers', [], []],
  ['layers without entries', [[], []], []],
  ['one layer', [[directory('a'), file('a/b', '12')]], ['/a directory 0', '/a/b file 2 @0']],
  [
    'a file replaced by a newer one',
    [[file('a', '1'), file('b')], [file('a', '22')]],
    ['/a file 2 @1', '/b file 0 @0'],
  ],
  [
    'a whiteout of a file',
    [[directory('d'), file('d/a'), file('d/b')], [file('d/.wh.a')]],
    ['/d directory 0', '/d/b file 0 @0'],
  ],
  [
    'a whiteout of a folder with all that is in it',
    [[directory('d'), directory('d/e'), file('d/e/f'), file('d-not')], [file('.wh.d')]],
    ['/d-not file 0 @0'],
  ],
  [
    'a whiteout that does not hide what its own layer has, wherever it stands',
    [
      [directory('d'), file('d/old')],
      [directory('d'), file('d/new'), file('.wh.d')],
    ],
    ['/d directory 0 @1', '/d/new file 0 @1'],
  ],
  [
    'an opaque mark at the end of the tar',
    [
      [directory('d'), file('d/old'), directory('d/e'), file('d/e/old')],
      [directory('d'), file('d/new'), file('d/e/new'), opaque('d')],
    ],
    ['/d directory 0 @1', '/d/e directory 0 @1', '/d/e/new file 0 @1', '/d/new file 0 @1'],
  ],
  [
    'an opaque mark without its folder',
    [[directory('d', { mode: 0o700 }), file('d/old')], [opaque('d')]],
    ['/d directory 0'],
  ],
  [
    'an opaque root',
    [
      [file('a'), directory('d'), file('d/b')],
      [file('.wh..wh..opq'), file('c')],
    ],
    ['/c file 0 @1'],
  ],
  ['a whiteout of what is not there', [[file('a')], [file('.wh.b'), file('.wh.a'), file('.wh.a')]], []],
  [
    'a folder replaced by a file, and that by a folder again',
    [[directory('a'), file('a/1')], [file('a', 'x')], [directory('a'), file('a/3')]],
    ['/a directory 0 @2', '/a/3 file 0 @2'],
  ],
  [
    'a file replaced by a folder that no entry describes',
    [[file('a', 'x')], [file('a/b')]],
    ['/a directory 0 @1', '/a/b file 0 @1'],
  ],
  [
    'a symlink to a folder replaced by what is put below it',
    [[directory('usr/lib'), symlink('lib', 'usr/lib')], [file('lib/x')]],
    ['/lib directory 0 @1', '/lib/x file 0 @1', '/usr directory 0', '/usr/lib directory 0'],
  ],
  [
    'a removed folder that comes back without its old content',
    [[directory('d'), file('d/old')], [file('.wh.d')], [file('d/new')]],
    ['/d directory 0 @2', '/d/new file 0 @2'],
  ],
  ['a hard link', [[file('a', '123'), hardlink('b', 'a')]], ['/a file 3 @0', '/b hardlink 3 -> /a']],
  [
    'a hard link whose target has gone',
    [[file('a', '123'), hardlink('b', 'a')], [file('.wh.a')]],
    ['/b file 3 @0'],
  ],
  [
    'a hard link whose target has been replaced',
    [[file('a', '123'), hardlink('b', 'a')], [file('a', '4')]],
    ['/a file 1 @1', '/b file 3 @0'],
  ],
  [
    'a hard link to a lower layer',
    [[file('a', '123')], [hardlink('b', 'a')]],
    ['/a file 3 @0', '/b hardlink 3 -> /a'],
  ],
  [
    'a hard link to a lower layer whose target is replaced by its own',
    [[file('a', '123')], [hardlink('b', 'a'), directory('z')], [file('.wh.a')]],
    ['/b file 3 @1', '/z directory 0 @1'],
  ],
  [
    'hard links from layer to layer',
    [[file('a', '123')], [hardlink('b', 'a')], [hardlink('c', 'b')]],
    ['/a file 3 @0', '/b hardlink 3 -> /a', '/c hardlink 3 -> /b'],
  ],
  [
    'a hard link to what a layer between has removed',
    [[directory('d'), file('d/a', '123')], [opaque('d')], [hardlink('b', 'd/a')]],
    ['/b hardlink 0 -> /d/a', '/d directory 0'],
  ],
  [
    'a hard link to a symlink that has gone',
    [[symlink('a', 'target'), hardlink('b', 'a')], [file('.wh.a')]],
    ['/b symlink 0 -> target'],
  ],
];

describe('the union of layers', () => {
  const folder = temporaryFolder();

  async function unionOf(
    layers: readonly (readonly TarItem[])[],
    rowNumbers?: readonly number[],
  ): Promise<UnionTree> {
    const indexes = await Promise.all(layers.map((items) => indexOfTar(tarOf(...items), folder)));
    return UnionTree.build(indexes, rowNumbers);
  }

  for (const [what, layers, expected] of cases) {
    it(`shows ${what}`, async () => {
      const rows = Array.from((await unionOf(layers)).rows(), ({ path, type, size, linkName, layer }) => {
        const showsLayer = expected.some((line) => line.startsWith(`${path} `) && line.includes('@'));
        return `${path} ${type} ${size}${linkName === null ? '' : ` -> ${linkName}`}${showsLayer ? ` @${layer}` : ''}`;
      });
      assert.deepEqual(rows, expected);
    });
  }

  it('makes folders that no layer describes as Docker does: 0755, owned by root', async () => {
    const union = await unionOf([[file('a/b/c', '', { uid: 5, gid: 5, mode: 0o600 })]]);
    const { path, type, mode, uid, gid } = union.lookup('/a/b') ?? {};
    assert.deepEqual(
      { path, type, mode, uid, gid },
      { path: '/a/b', type: 'directory', mode: 0o755, uid: 0, gid: 0 },
    );
  });

  it('keeps the mode of a folder where a higher layer only implies it', async () => {
    const union = await unionOf([[directory('a', { mode: 0o700, uid: 3 })], [file('a/b')]]);
    const { mode, uid, layer } = union.lookup('/a') ?? {};
    assert.deepEqual({ mode, uid, layer }, { mode: 0o700, uid: 3, layer: 0 });
  });

  it('numbers rows by the history where it is told how', async () => {
    const union = await unionOf([[file('a')], [file('b')]], [1, 4]);
    assert.deepEqual(
      Array.from(union.rows(), ({ layer }) => layer),
      [1, 4],
    );
  });

  it('lists the children of a folder and nothing else', async () => {
    const union = await unionOf([
      [
        directory('etc'),
        file('etc/a'),
        file('etc/a-x/deep/er'),
        file('etc/a.d'),
        file('etc-old'),
        file('etcetera/x'),
      ],
      [file('etc/.wh.a.d'), file('etc/b')],
    ]);
    const names = (path: string) => union.children(path).map((row) => row.path);
    assert.deepEqual(names('/'), ['/etc', '/etc-old', '/etcetera']);
    assert.deepEqual(names('/etc'), ['/etc/a', '/etc/a-x', '/etc/b']);
    assert.deepEqual(names('/etc/'), names('/etc'));
    assert.deepEqual(names('/etc/a'), []);
    assert.deepEqual(names('/et'), []);
  });

  it('finds a path or says that it is not there', async () => {
    const union = await unionOf([[file(Buffer.from([0x61, 0xff])), file('b')]]);
    assert.equal(union.lookup('/a\udcff')?.path, '/a\udcff');
    for (const path of ['/', '', '/c', 'b', '/b/c', '/a']) assert.equal(union.lookup(path), undefined, path);
  });

  it('says where the content of a path is, through hard links', async () => {
    const union = await unionOf([
      [file('a', '123')],
      [file('c', '4')],
      [hardlink('b', 'a'), hardlink('d', 'c')],
    ]);
    assert.deepEqual(union.contentPlace('/b'), { layer: 0, at: 0 });
    assert.deepEqual(union.contentPlace('/d'), { layer: 1, at: 0 });
    assert.equal(union.contentPlace('/e'), undefined);
  });

  it('builds the same in portions', async () => {
    const items = Array.from({ length: 9000 }, (_, at) => file(`f${at}`));
    const indexes = [
      await indexOfTar(tarOf(...items), folder),
      await indexOfTar(tarOf(file('.wh.f1')), folder),
    ];
    const union = await UnionTree.buildInPortions(indexes, [3, 5]);
    assert.deepEqual([...union.rows()], [...UnionTree.build(indexes, [3, 5]).rows()]);
    await assert.rejects(UnionTree.buildInPortions(indexes, undefined, AbortSignal.abort()), {
      reason: 'Cancelled',
    });
  });

  describe('counts', () => {
    const stats: readonly (readonly [
      what: string,
      layers: readonly (readonly TarItem[])[],
      figures: readonly string[],
    ])[] = [
      ['what is added, implied folders included', [[file('a/b/c', '123'), file('d')]], ['+4 ~0 -0 0 wasted']],
      [
        'a replaced file as modified, its old bytes as wasted',
        [[file('a', '12345')], [file('a', '1')]],
        ['+1 ~0 -0 5 wasted', '+0 ~1 -0 0 wasted'],
      ],
      [
        'a repeated folder only where its mode or owner changes',
        [
          [directory('a'), directory('b')],
          [directory('a', { mtime: 5 }), directory('b', { mode: 0o700 })],
        ],
        ['+2 ~0 -0 0 wasted', '+0 ~1 -0 0 wasted'],
      ],
      [
        'all paths below a removed folder',
        [[directory('d'), file('d/a', '1'), directory('d/e'), file('d/e/f', '22')], [file('.wh.d')]],
        ['+4 ~0 -0 3 wasted', '+0 ~0 -4 0 wasted'],
      ],
      [
        'what an opaque mark hides as removed, what is put back as modified',
        [
          [directory('d'), file('d/a', '1'), file('d/b', '2')],
          [opaque('d'), file('d/b', '3'), file('d/c')],
        ],
        ['+3 ~0 -0 2 wasted', '+1 ~1 -1 0 wasted'],
      ],
      [
        'a folder replaced by a file as modified, what was in it as removed',
        [[directory('d'), file('d/a', '1')], [file('d', 'x')]],
        ['+2 ~0 -0 1 wasted', '+0 ~1 -1 0 wasted'],
      ],
      [
        'nothing for whiteouts of what is not there',
        [[file('a', '1')], [file('.wh.b')], [file('.wh.a')], [file('.wh.a')]],
        ['+1 ~0 -0 1 wasted', '+0 ~0 -0 0 wasted', '+0 ~0 -1 0 wasted', '+0 ~0 -0 0 wasted'],
      ],
      [
        'nothing as wasted that a hard link keeps',
        [[file('a', '12345'), hardlink('b', 'a')], [file('.wh.a')]],
        ['+2 ~0 -0 0 wasted', '+0 ~0 -1 0 wasted'],
      ],
      [
        'a file as wasted once all its hard links are gone',
        [[file('a', '12345'), hardlink('b', 'a')], [file('.wh.a')], [file('.wh.b')]],
        ['+2 ~0 -0 5 wasted', '+0 ~0 -1 0 wasted', '+0 ~0 -1 0 wasted'],
      ],
      [
        'a file as kept by the hard link of a higher layer',
        [[file('a', '12345')], [hardlink('b', 'a')], [file('.wh.a')]],
        ['+1 ~0 -0 0 wasted', '+1 ~0 -0 0 wasted', '+0 ~0 -1 0 wasted'],
      ],
    ];

    for (const [what, layers, figures] of stats) {
      it(what, async () => {
        const union = await unionOf(layers);
        const found = layers.map((_, position) => union.layerStats(position));
        const lines = found.map((s) => `+${s.added} ~${s.modified} -${s.removed} ${s.wastedBytes} wasted`);
        assert.deepEqual(lines, figures);
      });
    }
  });

  it('agrees with plain unpacking, layer by layer, on random layers', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const layers = randomLayers(seed);
      const expected = naiveUnion(layers);
      const union = await unionOf(layers);
      const rows = Array.from(
        union.rows(),
        ({ path, type, size, layer }) => `${path} ${type} ${size} @${layer}`,
      );
      assert.deepEqual(rows, expected.rows, `rows, seed ${seed}`);
      const stats = layers.map((_, position) => union.layerStats(position));
      assert.deepEqual(stats, expected.stats, `figures, seed ${seed}`);
    }
  }).timeout(20_000);
});

const names = ['a', 'a-', 'a.b', 'b', 'c'];

/** Without duplicates and without contradictions within a layer, which are tested by themselves. */
function randomLayers(seed: number): TarItem[][] {
  const random = pseudoRandom(seed * 7919);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const randomPath = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(names)).join('/');
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const used = new Map<string, TarItem>();
    for (let count = Math.floor(random() * 12); count > 0; count--) addItem(used, randomPath(), random());
    return [...used.values()];
  });
}

function addItem(used: Map<string, TarItem>, path: string, choice: number): void {
  const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
  const name = path.slice(parent.length);
  const item =
    choice < 0.45
      ? file(path, 'x'.repeat(1 + Math.floor(choice * 20)))
      : choice < 0.75
        ? directory(path, { mode: choice < 0.6 ? 0o755 : 0o700 })
        : choice < 0.9
          ? file(`${parent}.wh.${name}`)
          : file(`${path}/.wh..wh..opq`);
  const key = String(item.path);
  const contradicts = [...used].some(
    ([other, { type }]) => isBelow(key, other, type) || isBelow(other, key, item.type),
  );
  if (!used.has(key) && !contradicts) used.set(key, item);
}

/** Below something that is no folder. */
function isBelow(path: string, above: string, type: TarItem['type']): boolean {
  return type !== 'directory' && path.startsWith(`${above}/`);
}
