import assert from 'node:assert/strict';
import { openLoadWorld } from '../../support/archives/loadWorld.ts';
import { classicArchive, plainImage } from '../../support/archives/sampleArchives.ts';

describe('docker:REF', () => {
  it('is the repository docker where the store has that, and a Docker engine otherwise', async () => {
    await using world = await openLoadWorld();
    const image = plainImage(['docker'], ['docker:27']);
    await world.load(classicArchive(image));
    assert.equal((await world.engine.image('docker:27')).id, image.id);
    // This world has no engine to ask.
    await assert.rejects(world.engine.image('docker:28'), { reason: 'Unsupported' });
    await assert.rejects(world.engine.image('docker:docker:27'), { reason: 'Unsupported' });
  });
});
