import assert from 'node:assert/strict';
import { EngineError } from '../../../src/engine/errors.ts';
import type { RemoteImage } from '../../../src/engine/image.ts';
import { type Digest, digestOf } from '../../../src/engine/oci/digest.ts';
import { formatPlatform, parsePlatform } from '../../../src/engine/oci/platform.ts';
import { parseReference } from '../../../src/engine/oci/reference.ts';
import { describeImage } from '../../../src/engine/remote/describeImage.ts';

const documents = new Map<Digest, Uint8Array>();

function document(mediaType: string, json: unknown) {
  const bytes = Buffer.from(JSON.stringify(json));
  const digest = digestOf(bytes);
  documents.set(digest, bytes);
  return { mediaType, digest, size: bytes.length };
}

function platformManifest(platform: string) {
  const [os, architecture] = platform.split('/');
  const config = document('application/vnd.oci.image.config.v1+json', {
    os,
    architecture,
    rootfs: { type: 'layers', diff_ids: [digestOf(platform)] },
  });
  const layer = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: digestOf('l'),
    size: platform.length,
  };
  return document('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    config,
    layers: [layer],
  });
}

const attestation = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: digestOf('attestation'),
  size: 1,
  platform: { os: 'unknown', architecture: 'unknown' },
};

function index(...platforms: readonly string[]) {
  const manifests = platforms.map((platform) => {
    const [os, architecture] = platform.split('/');
    return { ...platformManifest(platform), platform: { os, architecture } };
  });
  return document('application/vnd.oci.image.index.v1+json', {
    schemaVersion: 2,
    manifests: [...manifests, attestation],
  });
}

async function describeAll(
  descriptor: RemoteImage['descriptor'],
  options: { platform?: string; allSizes?: boolean; fail?: Digest } = {},
): Promise<readonly RemoteImage[]> {
  const snapshots: RemoteImage[] = [];
  const read = async ({ digest }: { digest: Digest }) => {
    if (digest === options.fail) throw new EngineError('NotFound', 'gone');
    return documents.get(digest);
  };
  const image = { reference: parseReference('alpine'), descriptor, lookedUp: new Date(0) };
  const platform = parsePlatform(options.platform ?? 'linux/amd64');
  await describeImage(image, platform, read, options.allSizes ?? true, (snapshot) =>
    snapshots.push(snapshot),
  );
  return snapshots;
}

const sizes = (image: RemoteImage | undefined) =>
  image?.platforms?.map(({ platform, size }) => [formatPlatform(platform), size]);

describe('describeImage', () => {
  it('tells platforms first, then the wanted one’s config, then every size', async () => {
    const snapshots = await describeAll(index('linux/arm64', 'linux/amd64', 'linux/s390x'));
    assert.equal(snapshots.length, 3);
    assert.deepEqual(sizes(snapshots[0]), [
      ['linux/arm64', undefined],
      ['linux/amd64', undefined],
      ['linux/s390x', undefined],
    ]);
    assert.equal(snapshots[1]?.config?.platform.architecture, 'amd64');
    assert.deepEqual(sizes(snapshots[1])?.[1], ['linux/amd64', 11]);
    assert.deepEqual(sizes(snapshots[2]), [
      ['linux/arm64', 11],
      ['linux/amd64', 11],
      ['linux/s390x', 11],
    ]);
    assert.equal(snapshots[2]?.config?.platform.architecture, 'amd64');
  });

  it('asks for no other platform’s manifest where requests are short', async () => {
    const last = (await describeAll(index('linux/amd64', 'linux/arm64'), { allSizes: false })).at(-1);
    assert.deepEqual(sizes(last), [
      ['linux/amd64', 11],
      ['linux/arm64', undefined],
    ]);
  });

  it('leaves out the size of a platform whose manifest is gone', async () => {
    const gone = platformManifest('linux/arm64').digest;
    const last = (await describeAll(index('linux/amd64', 'linux/arm64'), { fail: gone })).at(-1);
    assert.deepEqual(sizes(last)?.[1], ['linux/arm64', undefined]);
  });

  it('describes the first platform where none runs here', async () => {
    const last = (await describeAll(index('windows/amd64'), { platform: 'linux/amd64' })).at(-1);
    assert.equal(last?.chosen && formatPlatform(last.chosen.platform), 'windows/amd64');
  });

  it('takes the platform of a lone manifest from its config', async () => {
    const last = (await describeAll(platformManifest('linux/arm64'))).at(-1);
    assert.deepEqual(sizes(last), [['linux/arm64', 11]]);
  });

  it('knows that what has another config than an image’s runs on no platform', async () => {
    const config = document('application/vnd.oci.empty.v1+json', {});
    const signature = document('application/vnd.oci.image.manifest.v1+json', {
      schemaVersion: 2,
      config,
      layers: [config],
    });
    assert.deepEqual((await describeAll(signature)).map(sizes), [[]]);
  });

  it('says nothing of documents that are not at hand', async () => {
    const unknown = { ...platformManifest('linux/arm64'), digest: digestOf('nowhere') };
    assert.deepEqual(await describeAll(unknown), []);
  });
});
