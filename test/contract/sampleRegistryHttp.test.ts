import assert from 'node:assert/strict';
import { digestOf } from '../../src/engine/oci/digest.ts';
import { manifestAccept, mediaType } from '../../src/engine/oci/mediaType.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';

/** The requests that crane, oras and docker send, one by one. https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md */
describe('the sample registry over HTTP', () => {
  let registry: SampleRegistry;
  before(async function () {
    this.timeout(60_000);
    registry = await startSampleRegistry();
  });
  after(() => registry.close());

  const ask = (path: string, init?: RequestInit) => fetch(new URL(path, registry.url), init);
  const json = async (path: string) => JSON.parse(await (await ask(path)).text());

  it('says that it speaks version 2', async () => {
    const answer = await ask('/v2/');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('docker-distribution-api-version'), 'registry/2.0');
  });

  it('lists repositories and tags page by page', async () => {
    for (const [path, member, total] of [
      ['/v2/_catalog', 'repositories', 7],
      ['/v2/acme/web/tags/list', 'tags', 6],
    ] as const) {
      const all = (await json(path))[member];
      assert.equal(all.length, total);
      assert.deepEqual(await pages(`${path}?n=2`, member), all);
    }
  });

  async function pages(first: string, member: string): Promise<string[]> {
    const names: string[] = [];
    for (let next: string | undefined = first; next !== undefined; ) {
      const answer: Response = await ask(next);
      names.push(...(((await answer.json()) as Record<string, string[]>)[member] ?? []));
      next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    return names;
  }

  it('walks from a tag over the index and the manifest to a config', async () => {
    const head = await ask('/v2/acme/base/manifests/1.1', {
      method: 'HEAD',
      headers: { Accept: manifestAccept },
    });
    assert.equal(head.headers.get('content-type'), mediaType.ociIndex);
    const digest = head.headers.get('docker-content-digest') ?? '';
    const index = await ask(`/v2/acme/base/manifests/${digest}`);
    const bytes = Buffer.from(await index.arrayBuffer());
    assert.equal(digestOf(bytes), digest);
    assert.equal(head.headers.get('content-length'), String(bytes.length));
    const { manifests } = JSON.parse(bytes.toString());
    const manifest = await json(`/v2/acme/base/manifests/${manifests[2].digest}`);
    const config = await json(`/v2/acme/base/blobs/${manifest.config.digest}`);
    assert.deepEqual([config.architecture, config.variant], ['arm', 'v7']);
  });

  const ranges = [
    { range: 'bytes=0-9', status: 206, contentRange: 'bytes 0-9/SIZE' },
    { range: 'bytes=10-', status: 206, contentRange: 'bytes 10-LAST/SIZE' },
    { range: 'bytes=-5', status: 206, contentRange: 'bytes FIFTH-LAST/SIZE' },
    { range: 'bytes=0-99999999', status: 206, contentRange: 'bytes 0-LAST/SIZE' },
    { range: 'bytes=99999999-', status: 416, contentRange: 'bytes */SIZE' },
    { range: 'bytes=5-2', status: 200, contentRange: null },
    { range: 'lines=1-2', status: 200, contentRange: null },
  ];
  for (const { range, status, contentRange } of ranges) {
    it(`answers a request for ${range} with ${status}`, async () => {
      const { layers } = await json(`/v2/acme/cron/manifests/latest`);
      const { digest, size } = layers[0];
      const answer = await ask(`/v2/acme/cron/blobs/${digest}`, { headers: { Range: range } });
      await answer.body?.cancel();
      const expected = contentRange
        ?.replace('SIZE', size)
        .replace('LAST', `${size - 1}`)
        .replace('FIFTH', `${size - 5}`);
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-range'), expected ?? null);
    });
  }

  const content = Buffer.from('pushed in three ways');
  const digest = digestOf(content);
  const start = (query = '') => ask(`/v2/pushed/blob/blobs/uploads/${query}`, { method: 'POST' });
  const isThere = async (repository: string) =>
    (await ask(`/v2/${repository}/blobs/${digest}`, { method: 'HEAD' })).status === 200;

  it('takes a blob in one POST', async () => {
    const answer = await ask(`/v2/pushed/once/blobs/uploads/?digest=${digest}`, {
      method: 'POST',
      body: content,
    });
    assert.equal(answer.status, 201);
    assert.ok(await isThere('pushed/once'));
  });

  it('takes a blob in chunks, in their order alone', async () => {
    const location = (await start()).headers.get('location') ?? '';
    const patch = (first: number, last: number) =>
      ask(location, {
        method: 'PATCH',
        headers: { 'Content-Range': `${first}-${last}` },
        body: content.subarray(first, last + 1),
      });
    const first = await patch(0, 4);
    assert.deepEqual([first.status, first.headers.get('range')], [202, '0-4']);
    assert.equal((await patch(7, 9)).status, 416);
    assert.equal((await ask(location)).headers.get('range'), '0-4');
    assert.equal((await patch(5, content.length - 1)).status, 202);
    const end = await ask(`${location}?digest=${digest}`, { method: 'PUT' });
    assert.equal(end.status, 201);
    assert.ok(await isThere('pushed/blob'));
  });

  it('mounts a blob from another repository, or begins an upload', async () => {
    const post = (from: string) =>
      ask(`/v2/pushed/mounted/blobs/uploads/?mount=${digest}&from=${from}`, { method: 'POST' });
    assert.equal((await post('pushed/nowhere')).status, 202);
    assert.equal((await post('../pushed/blob')).status, 202);
    assert.equal((await post('pushed/blob')).status, 201);
    assert.ok(await isThere('pushed/mounted'));
  });

  it('refuses a blob that is not what its digest says', async () => {
    const location = (await start()).headers.get('location') ?? '';
    const wrong = `${location}?digest=${digestOf('something else')}`;
    await assertRefused(await ask(wrong, { method: 'PUT', body: content }), 400, 'DIGEST_INVALID');
    await assertRefused(await ask(location), 404, 'BLOB_UPLOAD_UNKNOWN');
  });

  it('lists what refers to an image, all of it or of one type', async () => {
    const head = await ask('/v2/acme/api/manifests/latest', { method: 'HEAD' });
    const path = `/v2/acme/api/referrers/${head.headers.get('docker-content-digest')}`;
    assert.deepEqual((await json(path)).manifests.map(typeOf).sort(), [
      'application/spdx+json',
      'application/vnd.dsse.envelope.v1+json',
    ]);
    const filtered = await ask(`${path}?artifactType=application/other`);
    assert.equal(filtered.headers.get('oci-filters-applied'), 'artifactType');
    assert.deepEqual(((await filtered.json()) as { manifests: unknown[] }).manifests, []);
  });

  const refusals = [
    { path: '/v2/acme/nothing/manifests/latest', status: 404, code: 'NAME_UNKNOWN' },
    { path: '/v2/acme/nothing/tags/list', status: 404, code: 'NAME_UNKNOWN' },
    { path: '/v2/acme/web/manifests/nothing', status: 404, code: 'MANIFEST_UNKNOWN' },
    { path: `/v2/acme/web/manifests/${digest}`, status: 404, code: 'MANIFEST_UNKNOWN' },
    { path: '/v2/acme/web/manifests/sha256:12', status: 400, code: 'DIGEST_INVALID' },
    { path: '/v2/acme/web/manifests/.bad', status: 400, code: 'TAG_INVALID' },
    { path: '/v2/ACME/web/manifests/latest', status: 400, code: 'NAME_INVALID' },
    { path: '/v2/acme%2F..%2F..%2Fetc/manifests/latest', status: 400, code: 'NAME_INVALID' },
    { path: `/v2/acme/web/blobs/${digest}`, status: 404, code: 'BLOB_UNKNOWN' },
    { path: '/v2/acme/web/blobs/sha256:12', status: 400, code: 'DIGEST_INVALID' },
    { path: '/v2/acme/web/tags/list?n=many', status: 400, code: 'PAGINATION_NUMBER_INVALID' },
    { path: '/v2/acme/web/blobs/uploads/1', status: 404, code: 'BLOB_UPLOAD_UNKNOWN' },
    { path: '/v1/repositories/web/images', status: 404, code: 'UNSUPPORTED' },
    { path: '/v2/_catalog', method: 'POST', status: 405, code: 'UNSUPPORTED' },
  ];
  for (const { path, method = 'GET', status, code } of refusals) {
    it(`answers ${method} ${path} with ${status} ${code}`, async () => {
      await assertRefused(await ask(path, { method }), status, code);
    });
  }

  it('refuses a manifest that is broken or whose content is not there', async () => {
    const put = (body: string) =>
      ask('/v2/pushed/blob/manifests/1', {
        method: 'PUT',
        headers: { 'Content-Type': mediaType.ociManifest },
        body,
      });
    await assertRefused(await put('{}'), 400, 'MANIFEST_INVALID');
    const config = { mediaType: mediaType.ociConfig, digest: digestOf('absent'), size: 6 };
    const manifest = { schemaVersion: 2, mediaType: mediaType.ociManifest, config, layers: [] };
    await assertRefused(await put(JSON.stringify(manifest)), 404, 'MANIFEST_BLOB_UNKNOWN');
  });
});

function typeOf({ artifactType }: { artifactType: string }): string {
  return artifactType;
}

async function assertRefused(answer: Response, status: number, code: string): Promise<void> {
  const { errors } = (await answer.json()) as { errors: { code: string }[] };
  assert.deepEqual([answer.status, errors.map((error) => error.code)], [status, [code]]);
}
