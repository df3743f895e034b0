import assert from 'node:assert/strict';
import { startDockerRegistry } from '../support/dockerRegistry.ts';
import { startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { registryTarget } from './registryTarget.ts';
import { freshManifest, pushManifest, rejectsWith } from './targetFixture.ts';

const noFile = () => '';

describe('deleting in a registry', () => {
  /** A manifest under two tags. */
  async function twice(host: string) {
    const fixture = registryTarget(host, noFile);
    const { descriptor } = await pushed(fixture);
    for (const tag of ['one', 'two']) await fixture.target.tag(descriptor, tag);
    return { fixture, descriptor };
  }

  async function pushed(fixture: ReturnType<typeof registryTarget>) {
    const manifest = freshManifest();
    await pushManifest(fixture, manifest);
    return manifest;
  }

  it('takes a tag away and leaves the manifest and its other tags', async () => {
    await using registry = await startSampleRegistry();
    const { fixture, descriptor } = await twice(registry.host);
    const { target } = fixture;
    assert.ok(target.untag);
    await target.untag('one');
    await rejectsWith('NotFound', target.resolve('one'));
    assert.equal((await target.resolve('two')).digest, descriptor.digest);
    await rejectsWith('NotFound', target.untag('one'));
    await fixture[Symbol.asyncDispose]();
  });

  it('deletes a manifest with its tags', async () => {
    await using registry = await startDockerRegistry({ allowDelete: true });
    const { fixture, descriptor } = await twice(registry.host);
    const { target } = fixture;
    assert.ok(target.delete);
    await target.delete(descriptor);
    for (const name of ['one', 'two', descriptor.digest]) await rejectsWith('NotFound', target.resolve(name));
    await fixture[Symbol.asyncDispose]();
  });

  it('is unsupported by tag where the registry only deletes manifests, and harms nothing', async () => {
    await using registry = await startDockerRegistry({ allowDelete: true });
    const { fixture, descriptor } = await twice(registry.host);
    await rejectsWith('Unsupported', fixture.target.untag?.('one') ?? Promise.resolve());
    assert.equal((await fixture.target.resolve('one')).digest, descriptor.digest);
    await fixture[Symbol.asyncDispose]();
  });

  it('is unsupported where the registry deletes nothing', async () => {
    await using registry = await startDockerRegistry();
    const { fixture, descriptor } = await twice(registry.host);
    await rejectsWith('Unsupported', fixture.target.delete?.(descriptor) ?? Promise.resolve());
    assert.equal((await fixture.target.resolve('one')).digest, descriptor.digest);
    await fixture[Symbol.asyncDispose]();
  });
});
