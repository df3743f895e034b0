import assert from 'node:assert/strict';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { parseReference } from '../../../src/engine/oci/reference.ts';
import type { PullEvent } from '../../../src/engine/transfer/pullEvent.ts';
import type { PushEvent } from '../../../src/engine/transfer/pushEvent.ts';
import { pullMeter, pushMeter } from '../../../src/ui/transferProgress.ts';

const reference = parseReference('alpine');
const layer = (name: string, size: number): Descriptor => ({
  mediaType: mediaType.ociLayerGzip,
  digest: digestOf(name),
  size,
});
const base = layer('base', 100);
const top = layer('top', 40);
const digest = digestOf('manifest');

const resolved: PullEvent = {
  kind: 'resolved',
  isStored: false,
  reference,
  digest,
  manifest: layer('manifest', 5),
  platform: { os: 'linux', architecture: 'amd64' },
  platforms: [],
  layers: [base, top],
};
const step = (
  of: Descriptor,
  state: 'exists' | 'waiting' | 'downloading' | 'complete',
  received = 0,
): PullEvent => ({
  kind: 'layer',
  reference,
  layer: of,
  state,
  received,
});

describe('the progress of a pull', () => {
  it('counts the bytes of all layers', () => {
    const meter = pullMeter();
    meter(resolved);
    meter(step(base, 'downloading', 30));
    const progress = meter(step(top, 'complete'));
    assert.deepEqual(progress, { phase: 'moving', moved: 70, total: 140, layersDone: 1, layers: 2 });
  });

  it('leaves out what was here before', () => {
    const meter = pullMeter();
    meter(resolved);
    meter(step(base, 'exists'));
    const progress = meter(step(top, 'downloading', 10));
    assert.deepEqual(progress, { phase: 'moving', moved: 10, total: 40, layersDone: 1, layers: 2 });
  });

  it('is finishing once every layer is here', () => {
    const meter = pullMeter();
    meter(resolved);
    meter(step(base, 'exists'));
    assert.equal(meter(step(top, 'complete', 40)).phase, 'finishing');
  });
});

describe('the progress of a push', () => {
  const sent = (
    of: Descriptor,
    state: Extract<PushEvent, { kind: 'layer' }>['state'],
    bytes = 0,
  ): PushEvent => ({ kind: 'layer', reference, layer: of, state, sent: bytes });

  const started = () => {
    const meter = pushMeter();
    meter({ kind: 'resolved', reference, manifest: layer('manifest', 5), layers: [base, top] });
    return meter;
  };

  for (const state of ['exists', 'mounted'] as const) {
    it(`leaves out what needs no sending: ${state}`, () => {
      const meter = started();
      meter(sent(base, state));
      const progress = meter(sent(top, 'uploading', 10));
      assert.deepEqual(progress, { phase: 'moving', moved: 10, total: 40, layersDone: 1, layers: 2 });
    });
  }

  it('is finishing once every layer is there', () => {
    const meter = started();
    meter(sent(base, 'exists'));
    assert.equal(meter(sent(top, 'complete', 40)).phase, 'finishing');
  });
});
