import assert from 'node:assert/strict';
import { noLayer, noPath, pathChangeKinds, pathTypes } from '../../../src/engine/image.ts';
import type { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { pathHistory } from '../../../src/engine/layers/pathHistory.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import { directory, file, hardlink, symlink, type TarItem, tarOf } from '../../support/tarWriter.ts';

const bytes = (size: number) => 'x'.repeat(size);

interface PathLine {
  readonly path: string;
  readonly changes: readonly Change[];
}

interface Change {
  readonly layer: number;
  readonly kind: string;
  readonly type: string;
  readonly size: number;
  readonly lostBy: number | undefined;
}

/** The columns as objects, and in the same breath that the slices fit together. */
async function linesOf(union: UnionTree): Promise<PathLine[]> {
  const lines: PathLine[] = [];
  for await (const slice of pathHistory(union)) {
    assert.equal(slice.first, lines.length);
    const names = slice.parents.length === 0 ? [] : slice.names.split('/');
    assert.equal(names.length, slice.parents.length);
    let at = 0;
    for (const [row, name] of names.entries()) {
      const parent = slice.parents[row] ?? noPath;
      const above = parent === noPath ? '' : (lines[parent]?.path ?? assert.fail('a parent comes first'));
      const changes = Array.from({ length: slice.changes[row] ?? 0 }, () => {
        const change = {
          layer: slice.layers[at] ?? -1,
          kind: pathChangeKinds[slice.kinds[at] ?? 9] ?? '?',
          type: pathTypes[slice.types[at] ?? 9] ?? '?',
          size: slice.sizes[at] ?? -1,
          lostBy: slice.lostBy[at] === noLayer ? undefined : slice.lostBy[at],
        };
        at++;
        return change;
      });
      lines.push({ path: `${above}/${name}`, changes });
    }
    assert.equal(at, slice.layers.length);
  }
  return lines;
}

function lineText({ path, changes }: PathLine): string {
  const texts = changes.map(
    ({ layer, kind, type, size, lostBy }) =>
      `${kind} ${type} ${size} by ${layer}${lostBy === undefined ? '' : ` lost by ${lostBy}`}`,
  );
  return `${path}: ${texts.join(', ')}`;
}

const cases: readonly (readonly [
  what: string,
  layers: readonly (readonly TarItem[])[],
  lines: readonly string[],
])[] = [
  ['no layers', [], []],
  [
    'a folder and what is in it, implied folders included',
    [[file('a/b/c', bytes(2)), symlink('a/l', 'b')]],
    [
      '/a: added directory 0 by 0',
      '/a/b: added directory 0 by 0',
      '/a/b/c: added file 2 by 0',
      '/a/l: added symlink 0 by 0',
    ],
  ],
  [
    'a file that is replaced and then removed',
    [[file('a', bytes(3))], [file('a', bytes(5))], [file('.wh.a')]],
    ['/a: added file 3 by 0 lost by 1, modified file 5 by 1 lost by 2, removed file 5 by 2'],
  ],
  [
    'a folder that is put again as it was, and one with another mode',
    [
      [directory('a'), directory('b')],
      [directory('a'), directory('b', { mode: 0o700 })],
    ],
    [
      '/a: added directory 0 by 0, repeated directory 0 by 1',
      '/b: added directory 0 by 0, modified directory 0 by 1',
    ],
  ],
  [
    'siblings between which other paths stand in byte order',
    [[directory('a'), file('a-b', bytes(1)), file('a/c', bytes(1))]],
    ['/a: added directory 0 by 0', '/a-b: added file 1 by 0', '/a/c: added file 1 by 0'],
  ],
  [
    'bytes that a hard link keeps',
    [[file('a', bytes(3)), hardlink('b', 'a')], [file('.wh.a')]],
    ['/a: added file 3 by 0, removed file 3 by 1', '/b: added hardlink 0 by 0'],
  ],
  ['a whiteout of what never was', [[file('.wh.a'), file('b', bytes(1))]], ['/b: added file 1 by 0']],
];

describe('the history of paths', () => {
  const folder = temporaryFolder();
  const unionOf = async (layers: readonly (readonly TarItem[])[]) =>
    UnionTree.build(
      await Promise.all(layers.map((items): Promise<LayerIndex> => indexOfTar(tarOf(...items), folder))),
    );

  for (const [what, layers, expected] of cases) {
    it(`tells of ${what}`, async () => {
      assert.deepEqual((await linesOf(await unionOf(layers))).map(lineText), expected);
    });
  }

  it('adds up to the figures of the layers, and ends in their union', async () => {
    const random = pseudoRandom(11);
    for (let round = 0; round < 20; round++) {
      const union = await unionOf(Array.from({ length: 4 }, () => randomLayer(random)));
      const lines = await linesOf(union);
      const all = lines.flatMap(({ changes }) => changes);
      const of = (layer: number, kind: string) =>
        all.filter((change) => change.layer === layer && change.kind === kind);
      for (const layer of union.layers.keys()) {
        const lost = all.filter((change) => change.layer === layer && change.lostBy !== undefined);
        assert.deepEqual(
          {
            added: of(layer, 'added').length,
            modified: of(layer, 'modified').length,
            removed: of(layer, 'removed').length,
            wastedBytes: lost.reduce((sum, { size }) => sum + size, 0),
          },
          union.layerStats(layer),
        );
      }
      const visible = lines.filter(({ changes }) => changes.at(-1)?.kind !== 'removed');
      assert.deepEqual(
        visible.map(({ path }) => path),
        Array.from(union.rows(), ({ path }) => path),
      );
    }
  });

  it('is broken off where nobody wants it any more', async () => {
    const union = await unionOf([[file('a', bytes(1))]]);
    const slices = pathHistory(union, AbortSignal.abort());
    await assert.rejects(slices.next(), { reason: 'Cancelled' });
  });
});

/** Few names, so that layers meet. */
function randomLayer(random: () => number): readonly TarItem[] {
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const items = new Map<string, TarItem>();
  for (let count = 0; count < 8; count++) {
    const parent = pick('', 'a/', 'b/', 'a/b/');
    const name = pick('a', 'b', 'c', 'd');
    const path = `${parent}${name}`;
    const item = pick<TarItem>(
      file(path, bytes(Math.floor(random() * 20))),
      directory(path),
      file(`${parent}.wh.${name}`),
      file(`${parent}.wh..wh..opq`),
    );
    items.set(String(item.path), item);
  }
  return [...items.values()];
}
