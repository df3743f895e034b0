import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyzeLayers } from '../../../src/engine/layers/efficiency.ts';
import { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { parseDigest } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { jsonLines, runInProcess } from '../../support/commandLine.ts';
import { layerDescriptor } from '../../support/layerDescriptor.ts';
import { readLayer, temporaryFolder } from '../../support/layerReading.ts';
import { inRepository } from '../../support/paths.ts';

const samples = inRepository('..', 'shared', 'data', 'dive');
const isThere = existsSync(samples);

/** Files of an uncompressed tar by name: enough of a reader for archives that Docker and skopeo have written. */
function filesOf(tar: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const name = tar.toString('latin1', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    files.set(name.replace(/^\.\//, ''), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

function json(bytes: Buffer | undefined) {
  return JSON.parse((bytes ?? Buffer.from('null')).toString());
}

describe(`dive's sample images${isThere ? '' : ` (missing: ${samples}; skipped)`}`, () => {
  const folder = temporaryFolder();

  before(function () {
    if (!isThere) this.skip();
  });

  async function unionOf(layers: readonly Buffer[], diffIds: readonly unknown[]): Promise<UnionTree> {
    return UnionTree.build(await indexesOf(layers, diffIds));
  }

  async function indexesOf(layers: readonly Buffer[], diffIds: readonly unknown[]): Promise<LayerIndex[]> {
    const indexes: LayerIndex[] = [];
    for (const [position, blob] of layers.entries()) {
      const indexFile = join(folder, `${position}`);
      await readLayer(blob, indexFile, { diffId: parseDigest(diffIds[position]) });
      indexes.push(await LayerIndex.open(indexFile));
    }
    return indexes;
  }

  for (const name of ['test-docker-image', 'test-kaniko-image']) {
    it(`${name} unpacks to its diffIds`, async () => {
      const files = filesOf(readFileSync(join(samples, `${name}.tar`)));
      const [entry] = json(files.get('manifest.json'));
      const layers = entry.Layers.map((layer: string) => files.get(layer));
      const union = await unionOf(layers, json(files.get(entry.Config)).rootfs.diff_ids);
      assert.ok(union.length > 0);
    });
  }

  it('test-docker-image has the bytes and the waste that dive publishes', async () => {
    const files = filesOf(readFileSync(join(samples, 'test-docker-image.tar')));
    const [entry] = json(files.get('manifest.json'));
    const layers: Buffer[] = entry.Layers.map((layer: string) => files.get(layer));
    const union = await unionOf(layers, json(files.get(entry.Config)).rootfs.diff_ids);
    const wasted = layers.map((_, position) => union.layerStats(position).wastedBytes);
    assert.equal(
      wasted.reduce((sum, bytes) => sum + bytes, 0),
      32_025,
    );
  });

  it('test-docker-image has all the figures that dive publishes, and its list', async () => {
    const files = filesOf(readFileSync(join(samples, 'test-docker-image.tar')));
    const [entry] = json(files.get('manifest.json'));
    const layers: Buffer[] = entry.Layers.map((layer: string) => files.get(layer));
    const analysis = await analyzeLayers(
      await indexesOf(layers, json(files.get(entry.Config)).rootfs.diff_ids),
    );
    assert.deepEqual(analysis, {
      efficiency: 0.9844212134184309,
      wastedBytes: 32_025,
      userWastedPercent: 0.4834911001404049,
      sizeBytes: 1_220_598,
      layers: 14,
      inefficiencies: [
        { path: '/root/saved.txt', count: 2, cumulativeSize: 12_810 },
        { path: '/root/example/somefile1.txt', count: 2, cumulativeSize: 12_810 },
        { path: '/root/example/somefile3.txt', count: 2, cumulativeSize: 6405 },
      ],
    });
  });

  /** By dive's definition; it gives user wasted percent as NaN where there is one layer, which is 0. */
  const oneLayer = {
    efficiency: 1,
    wastedBytes: 0,
    userWastedPercent: 0,
    sizeBytes: 11_189,
    layers: 1,
    inefficiencies: [],
  };
  const figures: readonly (readonly [image: string, analysis: object])[] = [
    [
      'docker-archive:test-kaniko-image',
      {
        efficiency: 0.9793688490216431,
        wastedBytes: 46_245,
        userWastedPercent: 0.4884502043790995,
        sizeBytes: 1_326_410,
        layers: 14,
        inefficiencies: [
          { path: '/root/saved.txt', count: 2, cumulativeSize: 18_498 },
          { path: '/root/example/somefile1.txt', count: 2, cumulativeSize: 18_498 },
          { path: '/root/example/somefile3.txt', count: 2, cumulativeSize: 9249 },
        ],
      },
    ],
    ...['gzip', 'zstd', 'estargz', 'uncompressed'].map(
      (packing) => [`oci-archive:test-oci-${packing}-image`, oneLayer] as const,
    ),
  ];
  for (const [image, analysis] of figures) {
    it(`${image} has its figures, read where it lies`, async () => {
      const place = `${image.replace(':', `:${samples}/`)}.tar`;
      const { code, stdout, stderr } = await runInProcess(['--store', folder, '--json', 'analyze', place]);
      assert.deepEqual([code, stderr], [0, '']);
      assert.deepEqual(jsonLines(stdout), [analysis]);
    });
  }

  for (const packing of ['gzip', 'zstd', 'estargz', 'uncompressed']) {
    it(`test-oci-${packing}-image unpacks to its diffIds`, async () => {
      const files = filesOf(readFileSync(join(samples, `test-oci-${packing}-image.tar`)));
      const blob = (digest: string) => files.get(`blobs/${digest.replace(':', '/')}`);
      let manifest = json(blob(json(files.get('index.json')).manifests[0].digest));
      if (manifest.mediaType === mediaType.ociIndex) manifest = json(blob(manifest.manifests[0].digest));
      const layers: Buffer[] = manifest.layers.map(({ digest }: { digest: string }) => blob(digest));
      for (const [position, layer] of layers.entries()) {
        assert.equal(layerDescriptor(layer).digest, manifest.layers[position].digest);
      }
      const union = await unionOf(layers, json(blob(manifest.config.digest)).rootfs.diff_ids);
      assert.ok(union.length > 0);
    });
  }
});
