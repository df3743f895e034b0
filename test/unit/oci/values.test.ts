import assert from 'node:assert/strict';
import { type Descriptor, descriptorFromJson, plainDescriptor } from '../../../src/engine/oci/descriptor.ts';
import {
  Digester,
  digestAlgorithm,
  digestHex,
  digestOf,
  isDigest,
  parseDigest,
  shortDigest,
} from '../../../src/engine/oci/digest.ts';
import { parseImageConfig } from '../../../src/engine/oci/imageConfig.ts';
import { asSize, asStringMap, optional, parseJson } from '../../../src/engine/oci/json.ts';
import { parseManifest } from '../../../src/engine/oci/manifest.ts';
import { isForeignLayer, layerCompression, mediaType } from '../../../src/engine/oci/mediaType.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';

const hex = 'a1'.repeat(32);
const digest = `sha256:${hex}`;
const descriptor = { mediaType: mediaType.ociLayerGzip, digest, size: 7 };
const manifest = {
  schemaVersion: 2,
  mediaType: mediaType.ociManifest,
  config: { ...descriptor, mediaType: mediaType.ociConfig },
  layers: [descriptor],
};
const index = {
  schemaVersion: 2,
  mediaType: mediaType.ociIndex,
  manifests: [{ ...descriptor, mediaType: mediaType.ociManifest }],
};

/** JSON that cannot be written as a literal here, as bytes. */
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('A digest', () => {
  it('is an algorithm and as many lower-case hex digits as it has', () => {
    for (const text of [digest, `sha512:${hex}${hex}`]) {
      assert.equal(parseDigest(text), text);
      assert.equal(isDigest(text), true);
    }
    assert.equal(digestAlgorithm(parseDigest(digest)), 'sha256');
    assert.equal(digestHex(parseDigest(digest)), hex);
    assert.equal(shortDigest(parseDigest(digest)), hex.slice(0, 12));
  });

  const refused: [value: unknown, reason: string][] = [
    ['', 'Invalid'],
    [undefined, 'Invalid'],
    [null, 'Invalid'],
    [{ toString: () => digest }, 'Invalid'],
    [[digest], 'Invalid'],
    [hex, 'Invalid'],
    ['sha256:', 'Invalid'],
    [`sha256:${hex.slice(1)}`, 'Invalid'],
    [`sha256:${hex}0`, 'Invalid'],
    [`sha256:${hex.toUpperCase()}`, 'Invalid'],
    [`SHA256:${hex}`, 'Invalid'],
    [`sha256:${hex}\n`, 'Invalid'],
    [` ${digest}`, 'Invalid'],
    [`sha256:../../${hex.slice(6)}`, 'Invalid'],
    [`../sha256:${hex}`, 'Invalid'],
    [`sha256:${hex.slice(2)}%2`, 'Invalid'],
    [`sha256:sha256:${hex}`, 'Invalid'],
    [`sha512:${hex}`, 'Invalid'],
    [`sha384:${hex}${hex.slice(32)}`, 'Unsupported'],
    [`md5:${hex.slice(32)}`, 'Unsupported'],
    [`constructor:${hex}`, 'Unsupported'],
    [`__proto__:${hex}`, 'Invalid'],
    [`sha256+b64u:${hex}`, 'Unsupported'],
  ];
  for (const [value, reason] of refused) {
    it(`${JSON.stringify(value)?.slice(0, 40)} is refused as ${reason}`, () => {
      assert.throws(() => parseDigest(value), { reason });
      assert.equal(typeof value === 'string' && isDigest(value), false);
    });
  }

  it('is the same in one piece and in several', () => {
    const digester = new Digester('sha512');
    for (const part of ['a', '', 'bc']) digester.update(Buffer.from(part));
    assert.equal(digester.digest(), digestOf('abc', 'sha512'));
    assert.equal(digestOf(''), 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('is refused quickly, however long it is', () => {
    const started = processorMilliseconds();
    for (const text of ['a+'.repeat(100_000), `sha256:${'a'.repeat(200_000)}`, 'a'.repeat(200_000)]) {
      assert.throws(() => parseDigest(text), { reason: 'Invalid' });
    }
    assert.ok(processorMilliseconds() - started < 1000);
  });
});

describe('A descriptor', () => {
  it('keeps what the specification knows and drops the rest', () => {
    const full = {
      ...descriptor,
      urls: ['https://x'],
      annotations: { a: 'b' },
      artifactType: 't',
      data: 'AAAA',
      extra: 1,
    };
    const { urls, annotations, artifactType } = descriptorFromJson(full, 'd');
    assert.deepEqual(
      { urls, annotations: { ...annotations }, artifactType },
      { urls: ['https://x'], annotations: { a: 'b' }, artifactType: 't' },
    );
    assert.deepEqual(plainDescriptor(descriptorFromJson(full, 'd')), descriptor as Descriptor);
  });

  const broken: [change: Record<string, unknown>, reason: string][] = [
    [{ mediaType: undefined }, 'Corrupt'],
    [{ mediaType: 1 }, 'Corrupt'],
    [{ digest: undefined }, 'Invalid'],
    [{ digest: 'sha256:../x' }, 'Invalid'],
    [{ digest: `md5:${hex}` }, 'Unsupported'],
    [{ size: undefined }, 'Corrupt'],
    [{ size: -1 }, 'Corrupt'],
    [{ size: 1.5 }, 'Corrupt'],
    [{ size: '7' }, 'Corrupt'],
    [{ size: 2 ** 53 }, 'Corrupt'],
    [{ size: null }, 'Corrupt'],
    [{ urls: 'https://x' }, 'Corrupt'],
    [{ urls: [1] }, 'Corrupt'],
    [{ annotations: { a: 1 } }, 'Corrupt'],
    [{ annotations: [] }, 'Corrupt'],
    [{ platform: 'linux/amd64' }, 'Corrupt'],
  ];
  for (const [change, reason] of broken) {
    it(`with ${JSON.stringify(change)} is ${reason}`, () => {
      assert.throws(() => descriptorFromJson({ ...descriptor, ...change }, 'd'), { reason });
    });
  }
});

describe('A manifest', () => {
  it('is read as what its media type says', () => {
    assert.equal(parseManifest(bytes(manifest)).kind, 'manifest');
    assert.equal(parseManifest(bytes(index)).kind, 'index');
    assert.equal(
      parseManifest(bytes({ ...manifest, mediaType: mediaType.dockerManifest })).mediaType,
      mediaType.dockerManifest,
    );
    assert.equal(parseManifest(bytes({ ...index, mediaType: mediaType.dockerIndex })).kind, 'index');
  });

  it('without a media type is what the registry says, else what it looks like', () => {
    const { mediaType: _, ...bare } = manifest;
    const { mediaType: __, ...bareIndex } = index;
    assert.equal(parseManifest(bytes(bare), mediaType.dockerManifest).mediaType, mediaType.dockerManifest);
    assert.equal(parseManifest(bytes(bare)).mediaType, mediaType.ociManifest);
    assert.equal(parseManifest(bytes(bareIndex)).mediaType, mediaType.ociIndex);
    assert.equal(parseManifest(bytes(bareIndex), 'application/json').kind, 'index');
  });

  const refused: [what: string, value: unknown, outer: string | undefined, reason: string][] = [
    ['that has manifests and layers', { ...manifest, manifests: [] }, undefined, 'Corrupt'],
    ['that is an index with layers', { ...index, layers: [] }, undefined, 'Corrupt'],
    ['that is an index with a config', { ...index, config: descriptor }, undefined, 'Corrupt'],
    ['given as an index', manifest, mediaType.ociIndex, 'Corrupt'],
    ['given as a manifest of the other format', manifest, mediaType.dockerManifest, 'Corrupt'],
    ['that is an index given as a manifest', index, mediaType.ociManifest, 'Corrupt'],
    [
      'of layers that says it is an index',
      { ...manifest, mediaType: mediaType.ociIndex },
      undefined,
      'Corrupt',
    ],
    [
      'of manifests that says it is one manifest',
      { ...index, mediaType: mediaType.ociManifest },
      undefined,
      'Corrupt',
    ],
    [
      'of manifests given as one manifest',
      { schemaVersion: 2, manifests: [] },
      mediaType.ociManifest,
      'Corrupt',
    ],
    ['of schema 1', { schemaVersion: 1, fsLayers: [] }, undefined, 'Unsupported'],
    ['without a schema version', { ...manifest, schemaVersion: undefined }, undefined, 'Corrupt'],
    ['of schema "2"', { ...manifest, schemaVersion: '2' }, undefined, 'Corrupt'],
    ['of an unknown type', { ...manifest, mediaType: 'application/x' }, undefined, 'Unsupported'],
    ['whose media type is no string', { ...manifest, mediaType: 1 }, undefined, 'Corrupt'],
    ['without a config', { ...manifest, config: undefined }, undefined, 'Corrupt'],
    ['without layers', { ...manifest, layers: undefined }, undefined, 'Corrupt'],
    ['whose layers are no array', { ...manifest, layers: {} }, undefined, 'Corrupt'],
    ['with a layer that is none', { ...manifest, layers: [null] }, undefined, 'Corrupt'],
    [
      'with a digest that climbs',
      { ...manifest, layers: [{ ...descriptor, digest: 'sha256:../../x' }] },
      undefined,
      'Invalid',
    ],
    ['that is an array', [], undefined, 'Corrupt'],
    ['that is null', null, undefined, 'Corrupt'],
    ['that is a number', 2, undefined, 'Corrupt'],
  ];
  for (const [what, value, outer, reason] of refused) {
    it(`${what} is refused as ${reason}`, () => {
      assert.throws(() => parseManifest(bytes(value), outer), { reason });
    });
  }

  it('is refused as Corrupt where its bytes are no JSON', () => {
    for (const text of ['', '{', '{"a":1}x', '{"a":1,}', "{'a':1}", '\u0000', 'NaN']) {
      assert.throws(() => parseManifest(Buffer.from(text)), { reason: 'Corrupt' });
    }
    assert.throws(() => parseManifest(Buffer.from([0x22, 0xff, 0x22])), { reason: 'Corrupt' }, 'not UTF-8');
  });
});

describe('An image config', () => {
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [digest] } };

  it('reads Docker’s fields, with null for what is empty', () => {
    const parsed = parseImageConfig(
      bytes({
        ...config,
        created: '2024-02-29T12:34:56.123456789Z',
        config: {
          User: '',
          Env: null,
          Entrypoint: ['/x'],
          Cmd: null,
          ExposedPorts: { '80/tcp': {} },
          Volumes: null,
          Labels: { a: 'b' },
          WorkingDir: '/w',
        },
        history: [{ created_by: 'x', empty_layer: true }, {}],
      }),
    );
    assert.equal(parsed.created?.toISOString(), '2024-02-29T12:34:56.123Z');
    assert.deepEqual(parsed.config.exposedPorts, ['80/tcp']);
    assert.deepEqual([parsed.config.user, parsed.config.cmd, parsed.config.env], [undefined, undefined, []]);
    assert.deepEqual(
      parsed.history.map(({ emptyLayer, createdBy }) => [emptyLayer, createdBy]),
      [
        [true, 'x'],
        [false, ''],
      ],
    );
    assert.deepEqual(parsed.diffIds, [digest]);
  });

  it('keeps hostile label names as data', () => {
    const text = JSON.stringify(config).replace(
      '"os"',
      '"config":{"Labels":{"__proto__":"x","constructor":"y"}},"os"',
    );
    const { labels } = parseImageConfig(Buffer.from(text)).config;
    assert.deepEqual(Object.entries(labels), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    assert.equal(({} as Record<string, unknown>).x, undefined);
  });

  const broken: [what: string, change: Record<string, unknown>, reason: string][] = [
    ['no rootfs', { rootfs: undefined }, 'Corrupt'],
    ['another rootfs', { rootfs: { type: 'files', diff_ids: [] } }, 'Corrupt'],
    ['a bad diffId', { rootfs: { type: 'layers', diff_ids: ['x'] } }, 'Invalid'],
    ['a number for a diffId', { rootfs: { type: 'layers', diff_ids: [1] } }, 'Invalid'],
    ['a bad time', { created: 'yesterday' }, 'Corrupt'],
    ['a number for a time', { created: 0 }, 'Corrupt'],
    ['a string for Shell', { config: { Shell: 'sh' } }, 'Corrupt'],
    ['half a second to stop', { config: { StopTimeout: 0.5 } }, 'Corrupt'],
    ['a word for a health check', { config: { Healthcheck: 'NONE' } }, 'Corrupt'],
    ['a string for Cmd', { config: { Cmd: 'sh' } }, 'Corrupt'],
    ['numbers in Env', { config: { Env: [1] } }, 'Corrupt'],
    ['an array for history entries', { history: [[]] }, 'Corrupt'],
    ['an object for history', { history: {} }, 'Corrupt'],
    ['labels that are no strings', { config: { Labels: { a: {} } } }, 'Corrupt'],
  ];
  for (const [what, change, reason] of broken) {
    it(`with ${what} is ${reason}`, () => {
      assert.throws(() => parseImageConfig(bytes({ ...config, ...change })), { reason });
    });
  }

  it('of a rootfs without layers has none', () => {
    for (const diff_ids of [undefined, null, []]) {
      assert.deepEqual(
        parseImageConfig(bytes({ ...config, rootfs: { type: 'layers', diff_ids } })).diffIds,
        [],
      );
    }
  });
});

describe('Untrusted JSON', () => {
  it('is deep or large without harm', () => {
    assert.throws(() => parseJson('['.repeat(200_000), 'x'), { reason: 'Corrupt' });
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    assert.throws(() => parseJson(nested(200_000), 'x'), { reason: 'Corrupt', message: /nested deeper/ });
    assert.doesNotThrow(() => parseJson(nested(1000), 'x'));
    assert.equal(asSize(Number.MAX_SAFE_INTEGER, 'x'), Number.MAX_SAFE_INTEGER);
    assert.throws(() => asSize(Number.NaN, 'x'), { reason: 'Corrupt' });
    assert.equal(Object.getPrototypeOf(asStringMap({}, 'x')), null);
    assert.equal(optional(null, 'x', asSize), undefined);
    assert.throws(() => optional(false, 'x', asSize), { reason: 'Corrupt' });
  });

  it('names the place that is wrong', () => {
    const bad = { ...manifest, layers: [descriptor, { ...descriptor, size: '1' }] };
    assert.throws(() => parseManifest(bytes(bad)), { message: /layers\[1\]\.size/ });
  });
});

describe('A layer’s media type', () => {
  const rows: [type: string, compression: string | undefined, foreign: boolean][] = [
    [mediaType.ociLayer, 'none', false],
    [mediaType.ociLayerGzip, 'gzip', false],
    [mediaType.ociLayerZstd, 'zstd', false],
    [mediaType.dockerLayer, 'none', false],
    [mediaType.dockerLayerGzip, 'gzip', false],
    [mediaType.dockerForeignLayerGzip, 'gzip', true],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+zstd', 'zstd', true],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar', 'none', true],
    ['application/vnd.docker.image.rootfs.diff.tar.zstd', 'zstd', false],
    [mediaType.ociConfig, undefined, false],
    ['application/vnd.in-toto+json', undefined, false],
    ['', undefined, false],
    ['tar', undefined, false],
  ];
  for (const [type, compression, foreign] of rows) {
    it(`${type || '(none)'} is packed with ${compression}`, () => {
      assert.equal(layerCompression(type), compression);
      assert.equal(isForeignLayer(type), foreign);
    });
  }
});
