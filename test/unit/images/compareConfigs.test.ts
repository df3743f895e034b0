import assert from 'node:assert/strict';
import {
  type ConfigDifference,
  compareConfigs,
  type ImageDescription,
  sharedLayers,
} from '../../../src/engine/images/compareConfigs.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { parseImageConfig } from '../../../src/engine/oci/imageConfig.ts';
import { parseManifest } from '../../../src/engine/oci/manifest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';

interface Facts {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly top?: Readonly<Record<string, unknown>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly layers?: readonly string[];
  /** Packed in another way, where the digests are others than the layers alone would have. */
  readonly packed?: string;
}

function image({ config = {}, top = {}, manifest = {}, layers = [], packed = '' }: Facts): ImageDescription {
  const descriptor = (type: string, content: string) => ({
    mediaType: type,
    digest: digestOf(content),
    size: 1,
  });
  const parsed = parseManifest(
    json({
      schemaVersion: 2,
      mediaType: mediaType.ociManifest,
      config: descriptor(mediaType.ociConfig, 'config'),
      layers: layers.map((text) => descriptor(mediaType.ociLayerGzip, `${packed}${text}`)),
      ...manifest,
    }),
  );
  assert.ok(parsed.kind === 'manifest');
  const rootfs = { type: 'layers', diff_ids: layers.map((text) => digestOf(text)) };
  const document = { os: 'linux', architecture: 'amd64', config, rootfs, ...top };
  return { config: parseImageConfig(json(document)), manifest: parsed };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

const line = ({ field, name, before, after }: ConfigDifference) =>
  `${[field, name].filter(Boolean).join(' ')}: ${JSON.stringify(before)} > ${JSON.stringify(after)}`;

const id = (text: string) => digestOf(text);
const steps = (...commands: string[]) => ({ history: commands.map((created_by) => ({ created_by })) });

const cases: readonly (readonly [what: string, before: Facts, after: Facts, expected: readonly string[]])[] =
  [
    ['nothing', { layers: ['a'] }, { layers: ['a'] }, []],
    [
      'a variable set, changed and gone',
      { config: { Env: ['PATH=/bin', 'OLD=1', 'SAME==x'] } },
      { config: { Env: ['SAME==x', 'NEW=', 'PATH=/usr/bin'] } },
      ['env NEW: null > ""', 'env OLD: "1" > null', 'env PATH: "/bin" > "/usr/bin"'],
    ],
    [
      'a variable that is set twice, and one without a value',
      { config: { Env: ['A=1', 'A=2', 'B'] } },
      { config: { Env: ['A=2', 'B='] } },
      [],
    ],
    [
      'what it runs',
      { config: { Entrypoint: ['/a', '-x'], Cmd: ['b'], User: 'root', WorkingDir: '/' } },
      { config: { Entrypoint: ['/a', '-y'], User: '7:7', WorkingDir: '/', Shell: ['/bin/sh', '-c'] } },
      [
        'user: "root" > "7:7"',
        'entrypoint: ["/a","-x"] > ["/a","-y"]',
        'cmd: ["b"] > null',
        'shell: null > ["/bin/sh","-c"]',
      ],
    ],
    [
      'ports and volumes',
      { config: { ExposedPorts: { '80/tcp': {}, '443/tcp': {} }, Volumes: { '/data': {} } } },
      { config: { ExposedPorts: { '443/tcp': {} }, Volumes: { '/other': {} } } },
      ['port 80/tcp: true > null', 'volume /data: true > null', 'volume /other: null > true'],
    ],
    [
      'labels, hostile names included',
      { config: { Labels: JSON.parse('{"__proto__":"x","a":"1"}') } },
      { config: { Labels: { a: '2' } } },
      ['label __proto__: "x" > null', 'label a: "1" > "2"'],
    ],
    [
      'how it stops and how its health is seen',
      { config: { StopSignal: 'SIGTERM', Healthcheck: { Test: ['CMD', 'x'], Retries: 3 } } },
      { config: { StopTimeout: 0, Healthcheck: { Retries: 4, Test: ['CMD', 'x'] }, OnBuild: ['RUN x'] } },
      [
        'stopSignal: "SIGTERM" > null',
        'stopTimeout: null > 0',
        'healthcheck: {"Test":["CMD","x"],"Retries":3} > {"Retries":4,"Test":["CMD","x"]}',
        'onBuild: null > ["RUN x"]',
      ],
    ],
    [
      'the order of a health check’s fields, of labels and of ports',
      { config: { Healthcheck: { Test: ['NONE'], Retries: 3 }, Labels: { a: '1', b: '2' } } },
      { config: { Labels: { b: '2', a: '1' }, Healthcheck: { Retries: 3, Test: ['NONE'] } } },
      [],
    ],
    [
      'where it runs and where it comes from',
      { top: { author: 'A', created: '2024-01-01T00:00:00Z', docker_version: '20.10' } },
      { top: { architecture: 'arm64', created: '2024-01-01T02:00:00+01:00', 'os.version': '1.2' } },
      [
        'platform: "linux/amd64" > "linux/arm64 1.2"',
        'author: "A" > null',
        'created: "2024-01-01T00:00:00.000Z" > "2024-01-01T01:00:00.000Z"',
        'dockerVersion: "20.10" > null',
      ],
    ],
    [
      'steps between those that both have',
      { top: steps('ADD /', 'RUN a', 'RUN b', 'CMD x') },
      { top: steps('ADD /', 'RUN c', 'CMD x') },
      ['history 1: "RUN a" > null', 'history 2: "RUN b" > null', 'history 1: null > "RUN c"'],
    ],
    [
      'one more of the same step',
      { top: steps('RUN a', 'RUN a') },
      { top: steps('RUN a', 'RUN a', 'RUN a') },
      ['history 2: null > "RUN a"'],
    ],
    [
      'the times of steps, but their comments',
      { top: { history: [{ created_by: 'a', created: '2024-01-01T00:00:00Z' }, { comment: 'x' }] } },
      { top: { history: [{ created_by: 'a' }, { comment: 'y' }] } },
      ['history 1: "# x" > null', 'history 1: null > "# y"'],
    ],
    [
      'layers between those that both have',
      { layers: ['a', 'b', 'd'] },
      { layers: ['a', 'c', 'c', 'd'] },
      [
        `layer ${id('b')}: ${JSON.stringify(id('b'))} > null`,
        ...[1, 2].map(() => `layer ${id('c')}: null > ${JSON.stringify(id('c'))}`),
      ],
    ],
    [
      'layers packed anew',
      { layers: ['a', 'b'] },
      { layers: ['a', 'b'], packed: 'zstd ' },
      ['a', 'b'].map(
        (text) => `layer ${id(text)}: ${JSON.stringify(id(text))} > ${JSON.stringify(id(`zstd ${text}`))}`,
      ),
    ],
    [
      'the manifest',
      { manifest: { annotations: { a: '1' } } },
      { manifest: { mediaType: mediaType.dockerManifest, annotations: { a: '2' }, artifactType: 't' } },
      [
        `mediaType: "${mediaType.ociManifest}" > "${mediaType.dockerManifest}"`,
        'artifactType: null > "t"',
        'annotation a: "1" > "2"',
      ],
    ],
  ];

describe('what two images say otherwise of themselves', () => {
  for (const [what, before, after, expected] of cases) {
    it(`is ${expected.length === 0 ? 'not' : 'told of'} ${what}`, () => {
      assert.deepEqual(compareConfigs(image(before), image(after)).map(line), expected);
    });
    it(`is the other way round from the other side: ${what}`, () => {
      const turned = compareConfigs(image(after), image(before)).map((one) => ({
        ...one,
        before: one.after,
        after: one.before,
      }));
      assert.deepEqual(turned.map(line).sort(), [...expected].sort());
    });
  }

  it('is found at once, however long the histories are', () => {
    const long = (word: string) =>
      image({ top: steps(...Array.from({ length: 20_000 }, (_, at) => `${word} ${at}`)) });
    const started = processorMilliseconds();
    assert.equal(compareConfigs(long('a'), long('b')).length, 40_000);
    assert.ok(processorMilliseconds() - started < 5_000);
  });

  it('counts the lowest layers that both have', () => {
    const count = (before: readonly string[], after: readonly string[]) =>
      sharedLayers(image({ layers: before }), image({ layers: after }));
    assert.deepEqual(
      [
        count([], []),
        count(['a'], []),
        count(['a', 'b', 'c'], ['a', 'b', 'd', 'c']),
        count(['a', 'b'], ['a', 'b']),
        count(['b', 'a'], ['a']),
      ],
      [0, 0, 2, 2, 0],
    );
  });
});
