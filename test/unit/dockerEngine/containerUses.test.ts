import assert from 'node:assert/strict';
import { containerUses } from '../../../src/engine/dockerEngine/containerUses.ts';
import type { EngineContainer } from '../../../src/engine/dockerEngine/engineContainer.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { parseReference, withTag } from '../../../src/engine/oci/reference.ts';

const [before, after, other] = ['before', 'after', 'other'].map((text) => digestOf(text));
assert.ok(before && after && other);

function container(name: string, image: string, imageId: EngineContainer['imageId']): EngineContainer {
  return { id: name, name, image, imageId, state: 'running', status: 'Up 1 minute' };
}

const containers = [
  container('new', 'golftrack:1.5', after),
  container('old', 'docker.io/library/golftrack:1.5', before),
  container('by-id', after, after),
  container('by-digest', `golftrack@${after}`, before),
  container('without-tag', 'golftrack', before),
  container('odd', 'NO reference', before),
  container('stranger', 'golftrack:1.5x', other),
];

function told(id: EngineContainer['imageId'], tag?: string): readonly string[] {
  const name = tag === undefined ? undefined : withTag(parseReference('golftrack'), tag);
  return containerUses({ id }, name, containers).map(
    (use) => use.container.name + (use.isStale ? ' (old)' : ''),
  );
}

describe('the containers of an image', () => {
  it('are those that run it and, first, those that its tag was taken from', () => {
    assert.deepEqual(told(after, '1.5'), ['old (old)', 'new', 'by-id']);
  });

  it('are of an image without a tag those that run it', () => {
    assert.deepEqual(told(before), ['old', 'by-digest', 'without-tag', 'odd']);
  });

  it('may have been made from latest, written or not', () => {
    assert.deepEqual(told(after, 'latest'), ['without-tag (old)', 'new', 'by-id']);
  });
});
