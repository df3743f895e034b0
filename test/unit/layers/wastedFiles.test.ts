import assert from 'node:assert/strict';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { wastedFiles } from '../../../src/engine/layers/wastedFiles.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import { directory, file, hardlink, type TarItem, tarOf } from '../../support/tarWriter.ts';

const bytes = (size: number) => 'x'.repeat(size);

const cases: readonly (readonly [
  what: string,
  layers: readonly (readonly TarItem[])[],
  /** Of each layer: path, bytes, and the layer that replaced (`>`) or removed (`-`) it. */
  files: readonly (readonly string[])[],
])[] = [
  ['no layers', [], []],
  ['layers that touch nothing of each other', [[file('a', bytes(3))], [file('b', bytes(5))]], [[], []]],
  ['a file that is replaced', [[file('a', bytes(3))], [file('a', bytes(5))]], [['/a 3 >1'], []]],
  ['a file that is removed', [[file('a', bytes(3))], [], [file('.wh.a')]], [['/a 3 -2'], [], []]],
  [
    'a folder that is removed, the largest of its files first',
    [[directory('d'), file('d/a', bytes(1)), file('d/b', bytes(9)), file('d/c', bytes(9))], [file('.wh.d')]],
    [['/d/b 9 -1', '/d/c 9 -1', '/d/a 1 -1'], []],
  ],
  [
    'a file that is replaced again and again, the last of it in use',
    [[file('a', bytes(1))], [file('a', bytes(2))], [file('a', bytes(3))]],
    [['/a 1 >1'], ['/a 2 >2'], []],
  ],
  [
    'a name whose file a hard link keeps',
    [
      [file('a', bytes(3)), hardlink('b', 'a'), file('c', bytes(4))],
      [file('.wh.a'), file('.wh.c')],
    ],
    [['/c 4 -1'], []],
  ],
];

describe('the files that layers waste', () => {
  const folder = temporaryFolder();
  const unionOf = async (layers: readonly (readonly TarItem[])[]) =>
    UnionTree.build(await Promise.all(layers.map((items) => indexOfTar(tarOf(...items), folder))));

  for (const [what, layers, expected] of cases) {
    it(`are known of ${what}`, async () => {
      const files = await wastedFiles(await unionOf(layers), 10);
      assert.deepEqual(
        files.map((own) =>
          own.map(({ path, size, by, removed }) => `${path} ${size} ${removed ? '-' : '>'}${by}`),
        ),
        expected,
      );
    });
  }

  it('are the bytes that each layer wastes', async () => {
    const random = pseudoRandom(7);
    for (let round = 0; round < 30; round++) {
      const union = await unionOf(Array.from({ length: 4 }, () => randomLayer(random)));
      const files = await wastedFiles(union, Number.POSITIVE_INFINITY);
      assert.deepEqual(
        files.map((own) => own.reduce((sum, { size }) => sum + size, 0)),
        union.layers.map((_, layer) => union.layerStats(layer).wastedBytes),
      );
    }
  });

  it('are the largest of a layer where there are more than asked for', async () => {
    const many = Array.from({ length: 500 }, (_, number) => file(`f${number}`, bytes(number % 400)));
    const [own = []] = await wastedFiles(
      await unionOf([many, many.map(({ path }) => file(`.wh.${path}`))]),
      3,
    );
    assert.deepEqual(
      own.map(({ size }) => size),
      [399, 398, 397],
    );
  });

  it('are not looked for any more once nobody wants them', async () => {
    const union = await unionOf([[file('a')]]);
    await assert.rejects(wastedFiles(union, 1, AbortSignal.abort()), { reason: 'Cancelled' });
  });
});

function randomLayer(random: () => number): TarItem[] {
  const pick = (from: string) => from[Math.floor(random() * from.length)] ?? 'a';
  const items = new Map<string, TarItem>();
  for (let count = Math.floor(random() * 9); count > 0; count--) {
    const [folder, name] = [pick('de'), pick('abc')];
    const kind = random();
    const path = `${folder}/${kind < 0.2 ? '.wh.' : ''}${name}`;
    if (kind < 0.9) items.set(path, file(path, kind < 0.2 ? '' : bytes(1 + Math.floor(random() * 50))));
    else items.set(`.wh.${folder}`, file(`.wh.${folder}`));
  }
  const first = [...items.keys()].find((path) => !path.includes('.wh.'));
  const link = first !== undefined && random() < 0.4 ? [hardlink('linked', first)] : [];
  return [...items.values(), ...link];
}
