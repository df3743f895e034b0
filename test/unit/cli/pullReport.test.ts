import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Output } from '../../../src/cli/output.ts';
import { PullReport } from '../../../src/cli/pullReport.ts';
import { knownSize, plainView, TerminalView } from '../../../src/cli/transferView.ts';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestOf, shortDigest } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { parseReference } from '../../../src/engine/oci/reference.ts';
import type { PullEvent } from '../../../src/engine/transfer/pullEvent.ts';

type State = Extract<PullEvent, { kind: 'layer' }>['state'];

const reference = parseReference('alpine');
const manifest: Descriptor = { mediaType: mediaType.ociManifest, digest: digestOf('manifest'), size: 1 };
const layers = ['a', 'b', 'c'].map(
  (name): Descriptor => ({ mediaType: mediaType.ociLayerGzip, digest: digestOf(name), size: 2000 }),
);
const names = new Map(layers.map(({ digest }, place) => [shortDigest(digest), 'abc'.charAt(place)]));

function resolved(isStored = false): Extract<PullEvent, { kind: 'resolved' }> {
  const platform = { os: 'linux', architecture: 'amd64' };
  const { digest } = manifest;
  return { kind: 'resolved', reference, digest, manifest, isStored, platform, platforms: [], layers };
}

/** `a waiting`, `b downloading` */
function layerEvent(line: string): Extract<PullEvent, { kind: 'layer' }> {
  const [name = '', state] = line.split(' ');
  const layer = layers['abc'.indexOf(name)];
  assert.ok(layer);
  return { kind: 'layer', reference, layer, state: state as State, received: 1000 };
}

/** What is printed for the events, layers by the letter of their events. */
function lines(events: readonly string[], known = false): string[] {
  const printed: string[] = [];
  const report = new PullReport(
    plainView((line) => printed.push(line.replace(/^[0-9a-f]{12}/, (id) => names.get(id) ?? id))),
  );
  report.resolved(resolved(known));
  for (const event of events) report.layer(layerEvent(event));
  return printed;
}

describe('a pull, told in Docker’s words', () => {
  const header = 'latest: Pulling from library/alpine';
  const downloaded = (name: string) => [`${name}: Verifying Checksum`, `${name}: Download complete`];

  it('announces every layer from the lowest up before anything else is said of any', () => {
    assert.deepEqual(lines(['c waiting', 'c complete', 'b exists', 'a waiting']), [
      header,
      'a: Pulling fs layer',
      'b: Already exists',
      'c: Pulling fs layer',
      ...downloaded('c'),
    ]);
  });

  it('completes layers from the lowest up', () => {
    const started = ['a waiting', 'b waiting', 'c waiting'];
    const announced = ['a', 'b', 'c'].map((name) => `${name}: Pulling fs layer`);
    assert.deepEqual(lines([...started, 'c complete', 'b complete', 'a complete']), [
      header,
      ...announced,
      ...downloaded('c'),
      ...downloaded('b'),
      ...downloaded('a'),
      'a: Pull complete',
      'b: Pull complete',
      'c: Pull complete',
    ]);
  });

  it('says nothing of layers of an image that is here', () => {
    assert.deepEqual(lines(['a exists', 'b exists', 'c exists'], true), [header]);
  });

  it('says so where a layer of an image that is here had to be fetched again', () => {
    assert.deepEqual(lines(['a exists', 'b waiting', 'c exists', 'b complete'], true), [
      header,
      'b: Pulling fs layer',
      ...downloaded('b'),
      'b: Pull complete',
    ]);
  });

  it('completes a layer that another process brought meanwhile', () => {
    assert.deepEqual(lines(['a waiting', 'b exists', 'c exists', 'a exists']).slice(-3), [
      ...downloaded('a'),
      'a: Pull complete',
    ]);
  });

  it('counts no bytes where nobody watches', () => {
    assert.equal(lines(['a downloading', 'b exists', 'c exists', 'a downloading']).length, 4);
  });

  it('redraws each layer’s line in place on a terminal', async () => {
    const stdout = new PassThrough();
    const output = new Output(stdout, new PassThrough());
    const view = new TerminalView(output, () => ({ columns: 120, rows: 24 }));
    const report = new PullReport(view);
    report.resolved(resolved());
    for (const event of ['a waiting', 'b exists', 'c exists', 'a downloading', 'a complete']) {
      report.layer(layerEvent(event));
    }
    await output.drain();
    stdout.end();
    assert.deepEqual(screenOf(await text(stdout)), [
      header,
      `${shortDigest(digestOf('a'))}: Pull complete`,
      `${shortDigest(digestOf('b'))}: Already exists`,
      `${shortDigest(digestOf('c'))}: Already exists`,
      '',
    ]);
  });

  it('draws a bar that fits the terminal, and none on a narrow one', async () => {
    for (const [columns, shown] of [
      [120, `[${'='.repeat(25)}>${' '.repeat(25)}]      1kB/2kB`],
      [80, '     1kB/2kB'],
      [20, ''],
    ] as const) {
      const stdout = new PassThrough();
      const output = new Output(stdout, new PassThrough());
      new TerminalView(output, () => ({ columns, rows: 24 })).progress('0123456789ab', 1000, 2000, 'Pushing');
      await output.drain();
      stdout.end();
      const [line = ''] = (await text(stdout)).split('\n');
      assert.ok(line.length < columns, line);
      assert.ok(line.includes(shown), line);
    }
  });

  it('takes a terminal that does not know its size for one of 80 by 24', () => {
    assert.deepEqual(knownSize({ columns: 0, rows: 0 }), { columns: 80, rows: 24 });
    assert.deepEqual(knownSize({ columns: 132, rows: 50 }), { columns: 132, rows: 50 });
  });
});

/** What a terminal shows after cursor movements and cleared lines. */
function screenOf(output: string): string[] {
  const screen = [''];
  let row = 0;
  for (const [, rows, direction, clear, control, characters] of output.matchAll(
    /\x1b\[(\d+)([AB])|(\x1b\[2K)|([\r\n])|([^\x1b\r\n]+)/g,
  )) {
    if (direction) row += (direction === 'A' ? -1 : 1) * Number(rows);
    else if (clear) screen[row] = '';
    else if (control === '\n') row += 1;
    else if (characters) screen[row] = characters;
    screen[row] ??= '';
  }
  return screen;
}
