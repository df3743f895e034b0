import assert from 'node:assert/strict';
import type { Blob } from './sampleRegistry/imageBuilder.ts';
import type { SampleImage } from './sampleRegistry/sampleImages.ts';

/** Puts images into any registry on loopback that lets everybody write: `http://HOST`. */
export async function fillRegistry(host: string, images: readonly SampleImage[]): Promise<void> {
  for (const { repository, tags, image, referrers = [] } of images) {
    const address = `http://${host}/v2/${repository}`;
    for (const manifest of [...image.manifests, ...referrers]) {
      for (const blob of manifest.blobs) await putBlob(address, blob);
      await putManifest(address, manifest, manifest.descriptor.digest);
    }
    for (const tag of tags) await putManifest(address, image, tag);
  }
}

async function putBlob(address: string, { descriptor, bytes }: Blob): Promise<void> {
  const { digest } = descriptor;
  const there = await fetch(`${address}/blobs/${digest}`, { method: 'HEAD' });
  if (there.status === 200) return;
  const opened = await fetch(`${address}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(opened.headers.get('location') ?? '', address);
  location.searchParams.set('digest', digest);
  const put = await fetch(location, { method: 'PUT', body: new Uint8Array(bytes) });
  assert.equal(put.status, 201, `${address} refused ${digest}: ${put.status}`);
}

async function putManifest(address: string, { descriptor, bytes }: Blob, name: string): Promise<void> {
  const put = await fetch(`${address}/manifests/${name}`, {
    method: 'PUT',
    headers: { 'Content-Type': descriptor.mediaType },
    body: new Uint8Array(bytes),
  });
  assert.equal(put.status, 201, `${address} refused ${name}: ${put.status} ${await put.text()}`);
}
