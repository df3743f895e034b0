import assert from 'node:assert/strict';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { parseReference } from '../../../src/engine/oci/reference.ts';
import type { PullEvent } from '../../../src/engine/transfer/pullEvent.ts';
import { PullProgressMeter } from '../../../src/ui/pullProgress.ts';

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
    const meter = new PullProgressMeter();
    meter.add(resolved);
    meter.add(step(base, 'downloading', 30));
    const progress = meter.add(step(top, 'complete'));
    assert.deepEqual(progress, { phase: 'downloading', received: 70, total: 140, layersDone: 1, layers: 2 });
  });

  it('leaves out what was here before', () => {
    const meter = new PullProgressMeter();
    meter.add(resolved);
    meter.add(step(base, 'exists'));
    const progress = meter.add(step(top, 'downloading', 10));
    assert.deepEqual(progress, { phase: 'downloading', received: 10, total: 40, layersDone: 1, layers: 2 });
  });

  it('is finishing once every layer is here', () => {
    const meter = new PullProgressMeter();
    meter.add(resolved);
    meter.add(step(base, 'exists'));
    assert.equal(meter.add(step(top, 'complete', 40)).phase, 'finishing');
  });
});
