import assert from 'node:assert/strict';
import { layerRows, rowsOfLayers } from '../../../src/engine/images/layerRows.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import type { HistoryEntry, ImageConfig } from '../../../src/engine/oci/imageConfig.ts';
import type { Manifest } from '../../../src/engine/oci/manifest.ts';

const layers = ['one', 'two'].map((seed) => ({
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  digest: digestOf(seed),
  size: 3,
}));
const manifest: Manifest = {
  kind: 'manifest',
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf('config'), size: 2 },
  layers,
};
const figures = [
  { uncompressedSize: 10, added: 3, modified: 0, removed: 0, wastedBytes: 4 },
  { uncompressedSize: 20, added: 1, modified: 2, removed: 1, wastedBytes: 0 },
];

function config(history: readonly HistoryEntry[]): ImageConfig {
  return {
    platform: { os: 'linux', architecture: 'amd64' },
    config: { exposedPorts: [], env: [], volumes: [], labels: {} },
    diffIds: [digestOf('diff one'), digestOf('diff two')],
    history,
  };
}

const step = (createdBy: string, emptyLayer: boolean): HistoryEntry => ({
  createdBy,
  emptyLayer,
  comment: '',
});

describe('layerRows', () => {
  it('gives each step of the history a row and each layer its step', () => {
    const image = config([step('ADD', false), step('ENV', true), step('RUN', false), step('CMD', true)]);
    assert.deepEqual(rowsOfLayers(image), [0, 2]);
    const rows = layerRows(manifest, image, figures);
    assert.deepEqual(
      rows.map(({ index, createdBy, empty, layerIndex, uncompressedSize, added }) => ({
        index,
        createdBy,
        empty,
        layerIndex,
        uncompressedSize,
        added,
      })),
      [
        { index: 0, createdBy: 'ADD', empty: false, layerIndex: 0, uncompressedSize: 10, added: 3 },
        {
          index: 1,
          createdBy: 'ENV',
          empty: true,
          layerIndex: undefined,
          uncompressedSize: undefined,
          added: 0,
        },
        { index: 2, createdBy: 'RUN', empty: false, layerIndex: 1, uncompressedSize: 20, added: 1 },
        {
          index: 3,
          createdBy: 'CMD',
          empty: true,
          layerIndex: undefined,
          uncompressedSize: undefined,
          added: 0,
        },
      ],
    );
    assert.deepEqual([rows[2]?.descriptor, rows[2]?.diffId], [layers[1], digestOf('diff two')]);
  });

  for (const [what, history] of [
    ['no history', []],
    ['a history of fewer layers', [step('ADD', false), step('ENV', true)]],
    ['a history of more layers', [step('a', false), step('b', false), step('c', false)]],
  ] as const) {
    it(`gives one row a layer where there is ${what}`, () => {
      const rows = layerRows(manifest, config(history), figures);
      assert.deepEqual(
        rows.map(({ index, createdBy, layerIndex, empty }) => [index, createdBy, layerIndex, empty]),
        [
          [0, '', 0, false],
          [1, '', 1, false],
        ],
      );
    });
  }
});
