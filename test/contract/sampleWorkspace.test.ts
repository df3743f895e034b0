import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findMentions } from '../../src/documents/findMentions.ts';
import type { DocumentKind, Mention } from '../../src/documents/mention.ts';
import { canonicalReference } from '../../src/engine/oci/reference.ts';
import { openBuildah } from '../support/realParts/buildah.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { prepareSampleWorkspace } from '../support/sampleWorkspace/prepare.ts';

describe('the sample workspace', function () {
  this.timeout(60_000);
  let registry: SampleRegistry;
  let directory: string;
  before(async () => {
    registry = await startSampleRegistry();
    directory = await mkdtemp(path.join(tmpdir(), 'strata-workspace-'));
    await prepareSampleWorkspace({ host: registry.host, directory });
  });
  after(async () => {
    await registry.close();
    await rm(directory, { recursive: true, force: true });
  });

  const mentions = async (kind: DocumentKind, name: string) =>
    findMentions(kind, await readFile(path.join(directory, name), 'utf8'));

  it('has every kind of mention that leads to no registry', async () => {
    const found = [
      ...(await mentions('dockerfile', 'Dockerfile')),
      ...(await mentions('compose', 'compose.yaml')),
    ];
    const reasons = new Set(found.flatMap(({ reason }) => reason ?? []));
    assert.deepEqual([...reasons].sort(), ['built', 'scratch', 'stage', 'unresolved-argument']);
    assert.ok(found.some(({ definition }) => definition?.name === 'BASE_VERSION'));
  });

  it('mentions images that are in the sample registry, and two that are not', async () => {
    const found = [
      ...(await mentions('dockerfile', 'Dockerfile')),
      ...(await mentions('dockerfile', 'tools/Dockerfile')),
      ...(await mentions('compose', 'compose.yaml')),
    ];
    const missing: string[] = [];
    for (const mention of found) if (!(await isThere(registry.host, mention))) missing.push(mention.text);
    assert.deepEqual(missing, [`${registry.host}/acme/missing:1.0`, `${registry.host}/acme/web:9.9`]);
  });

  it('has pins whose tag has not moved', async () => {
    const pins = (await mentions('dockerfile', 'Dockerfile')).filter(({ reference }) => reference?.digest);
    assert.equal(pins.length, 1);
    for (const { reference } of pins) {
      const url = `http://${registry.host}/v2/${reference?.repository}/manifests/${reference?.tag}`;
      const answer = await fetch(url, { method: 'HEAD' });
      assert.equal(answer.headers.get('docker-content-digest'), reference?.digest);
    }
  });

  it('has a Dockerfile that builds', async () => {
    await using buildah = await openBuildah();
    await buildah.build(path.join(directory, 'tools'), 'sample-tools');
    const { OCIv1: image } = JSON.parse(await buildah.run(['inspect', 'sample-tools']));
    assert.deepEqual(image.config.Cmd, ['/usr/bin/hello']);
    assert.ok(image.rootfs.diff_ids.length >= 3);
  });
});

/** What names no image of the sample registry counts as there. */
async function isThere(host: string, { reference }: Mention): Promise<boolean> {
  if (!reference || !canonicalReference(reference).startsWith(`${host}/`)) return true;
  const { repository, digest, tag } = reference;
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${digest ?? tag}`, {
    method: 'HEAD',
  });
  return answer.ok;
}
