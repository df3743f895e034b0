import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ImageEngine } from '../../src/engine/imageEngine.ts';
import { type Descriptor, plainDescriptor } from '../../src/engine/oci/descriptor.ts';
import { digestHex } from '../../src/engine/oci/digest.ts';
import { formatPlatform } from '../../src/engine/oci/platform.ts';
import { parseReference } from '../../src/engine/oci/reference.ts';
import { type CommandResult, jsonLines, runInProcess } from '../support/commandLine.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/dockerRegistry.ts';
import { collect } from '../support/registryFaults/testClient.ts';
import { buildIndex } from '../support/sampleRegistry/imageBuilder.ts';
import { billOfMaterials, cosignSignature } from '../support/sampleRegistry/sampleAttestation.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { registryTarget } from './registryTarget.ts';
import { freshManifest, pushBlob, pushManifest, type TargetFixture } from './targetFixture.ts';

describe('the referrers of an image', function () {
  this.timeout(20_000);
  let folder: string;
  let registry: SampleRegistry;
  let engine: ImageEngine;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'strata-referrers-'));
    registry = await startSampleRegistry();
    engine = new ImageEngine({
      storeDirectory: path.join(folder, 'store'),
      workerFile: path.join(import.meta.dirname, '../../src/engine/layers/layerWorker.ts'),
      credentials: async () => undefined,
      userAgent: 'strata-test',
    });
  });
  after(async () => {
    await engine?.[Symbol.asyncDispose]();
    await registry?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const reference = (name: string) => parseReference(`${registry.host}/acme/${name}`);
  const all = (name: string) => collect(engine.referrers(reference(name)));

  it('are those in its index, those that name it, and what cosign has tagged', async () => {
    const rows = (await all('api:1.0.0')).map(({ kind, foundBy, platform, artifactType }) =>
      [kind, foundBy, platform && formatPlatform(platform), artifactType].filter(Boolean).join(' '),
    );
    assert.deepEqual(rows.sort(), [
      'attestation index linux/amd64',
      'attestation index linux/arm64',
      'attestation subject application/vnd.dsse.envelope.v1+json',
      'sbom subject application/spdx+json',
      'signature tag',
    ]);
  });

  it('are none where nothing speaks of the image', async () => {
    assert.deepEqual(await all('web:2.0.0'), []);
  });

  it('are refused where the image is not there', async () => {
    await assert.rejects(all('api:nosuch'), { reason: 'NotFound' });
  });

  it('carry documents that are told apart', async () => {
    const [first] = (await all('api:1.0.0')).filter(({ foundBy }) => foundBy === 'index');
    assert.ok(first);
    const parts = await engine.referrerParts(reference('api'), first);
    assert.deepEqual(
      parts.map(({ kind, predicateType }) => [kind, predicateType]),
      [
        ['provenance', 'https://slsa.dev/provenance/v1'],
        ['sbom', 'https://spdx.dev/Document'],
      ],
    );
  });

  async function textOf(kind: string, foundBy: string): Promise<string> {
    const found = (await all('api:1.0.0')).find((one) => one.kind === kind && one.foundBy === foundBy);
    assert.ok(found);
    const [part] = await engine.referrerParts(reference('api'), found);
    const { text, language } = await engine.referrerText(
      reference('api'),
      found.descriptor.digest,
      part?.descriptor.digest,
    );
    assert.equal(language, 'json');
    return text;
  }

  it('are read as the documents they are', async () => {
    assert.match(await textOf('sbom', 'subject'), /^\{\n {2}"spdxVersion": "SPDX-2\.3",\n/);
    assert.match(await textOf('signature', 'tag'), /"type": "cosign container image signature"/);
    const findings = await textOf('attestation', 'subject');
    assert.match(findings, /"payload": \{\n {4}"_type": "https:\/\/in-toto\.io\/Statement\/v1"/);
    assert.match(findings, /"signatures": \[/);
  });

  it('can be read themselves, and give nothing that is not theirs', async () => {
    const [found] = await all('api:1.0.0');
    assert.ok(found);
    const { digest } = found.descriptor;
    const { text } = await engine.referrerText(reference('api'), digest, undefined);
    assert.match(text, /^\{\n {2}"schemaVersion": 2,/);
    await assert.rejects(engine.referrerText(reference('api'), digest, digest), { reason: 'NotFound' });
  });

  it('are refused where they speak of another image than they are listed for', async () => {
    const found = (await all('api:1.0.0')).find(({ foundBy }) => foundBy === 'subject');
    assert.ok(found);
    const other = { ...found, subject: found.descriptor.digest };
    await assert.rejects(engine.referrerParts(reference('api'), other), { reason: 'Corrupt' });
  });

  describe('on the command line', () => {
    const strata = (...words: readonly string[]): Promise<CommandResult> =>
      runInProcess(['--store', path.join(folder, 'cli'), 'referrers', ...words]);

    it('are rows', async () => {
      const { code, stdout } = await strata('--json', `${registry.host}/acme/api:1.0.0`);
      const rows = jsonLines(stdout) as Record<string, unknown>[];
      const sbom = rows.find(({ kind }) => kind === 'sbom');
      const { digest } = await engine.resolve(reference('api:1.0.0'));
      assert.equal(code, 0);
      assert.equal(rows.length, 5);
      assert.deepEqual(
        Object.keys(sbom ?? {}).join(),
        'digest,mediaType,size,kind,artifactType,predicateType,subject,platform,created,foundBy',
      );
      assert.deepEqual(
        [sbom?.subject, sbom?.platform, sbom?.created],
        [digest, null, '2026-06-18T13:30:00.000Z'],
      );
    });

    it('are a table', async () => {
      const { code, stdout } = await strata(`${registry.host}/acme/api:1.0.0`);
      assert.equal(code, 0);
      assert.match(stdout, /^KIND +PLATFORM +TYPE +DIGEST *\n/);
      assert.match(stdout, /^attestation +linux\/arm64 +\S+ +sha256:[0-9a-f]{64} *$/m);
    });
  });
});

describe("the referrers of an image in Docker's own registry, which has no list of them", function () {
  this.timeout(20_000);
  let registry: DockerRegistry;
  let fixture: TargetFixture;
  before(async () => {
    registry = await startDockerRegistry();
    fixture = registryTarget(registry.host, () => registry.directory);
  });
  after(async () => {
    await fixture?.[Symbol.asyncDispose]();
    await registry?.[Symbol.asyncDispose]();
  });

  const referrersOf = (subject: Descriptor) => {
    assert.ok(fixture.target.referrers, 'a registry tells of referrers');
    return collect(fixture.target.referrers(subject));
  };

  it('are those behind the tag that stands in for it', async () => {
    const { target } = fixture;
    const image = freshManifest();
    const sbom = billOfMaterials(image.descriptor);
    await pushManifest(fixture, image);
    await pushManifest(fixture, sbom);
    const index = buildIndex([sbom]);
    await pushBlob(fixture, index);
    await target.tag(index.descriptor, `sha256-${digestHex(image.descriptor.digest)}`);
    const found = await referrersOf(image.descriptor);
    assert.deepEqual(found.map(plainDescriptor), [plainDescriptor(sbom.descriptor)]);
  });

  it('are none where nobody made that tag', async () => {
    const image = freshManifest();
    await pushManifest(fixture, image);
    assert.deepEqual(await referrersOf(image.descriptor), []);
  });

  it('are found under the tags of cosign', async () => {
    const image = freshManifest();
    await pushManifest(fixture, image);
    const signature = cosignSignature(image.descriptor);
    await pushManifest(fixture, signature);
    await fixture.target.tag(plainDescriptor(signature.descriptor), signature.tag);
    const { stdout } = await runInProcess([
      'referrers',
      '--json',
      `${fixture.target.label}@${image.descriptor.digest}`,
    ]);
    const rows = jsonLines(stdout) as Record<string, unknown>[];
    assert.deepEqual(
      rows.map(({ kind, digest }) => [kind, digest]),
      [['signature', signature.descriptor.digest]],
    );
  });
});
