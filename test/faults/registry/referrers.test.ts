import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestHex, digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import {
  type FaultHandler,
  reply,
  replyError,
  startFaultServer,
} from '../../support/registryFaults/faultServer.ts';
import { appIn, collect, testClient } from '../../support/registryFaults/testClient.ts';

const subject: Descriptor = { mediaType: mediaType.ociManifest, digest: digestOf('subject'), size: 7 };
const listPath = `/v2/acme/app/referrers/${subject.digest}`;
const tagPath = `/v2/acme/app/manifests/sha256-${digestHex(subject.digest)}`;

const row = (name: string) => ({
  mediaType: mediaType.ociManifest,
  digest: digestOf(name),
  size: name.length,
});

function replyList(
  response: ServerResponse,
  names: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): void {
  const index = { schemaVersion: 2, mediaType: mediaType.ociIndex, manifests: names.map(row) };
  reply(response, 200, { 'Content-Type': mediaType.ociIndex, ...headers }, JSON.stringify(index));
}

async function referrersOf(handler: FaultHandler) {
  await using server = await startFaultServer(handler);
  await using client = testClient();
  const found = await collect(appIn(client, server.host).referrers(subject));
  return { found: found.map(({ digest }) => digest), asked: server.requests.map(({ url }) => url) };
}

const digests = (...names: readonly string[]) => names.map((name) => digestOf(name));

describe('the referrers of a manifest', function () {
  this.timeout(20_000);

  it('come page by page', async () => {
    const { found, asked } = await referrersOf(({ url }, response) => {
      if (url === listPath) replyList(response, ['a', 'b'], { Link: `<${listPath}?last=b>; rel="next"` });
      else replyList(response, ['c']);
    });
    assert.deepEqual(found, digests('a', 'b', 'c'));
    assert.deepEqual(asked, [listPath, `${listPath}?last=b`]);
  });

  for (const status of [400, 404, 405, 501]) {
    it(`are read off the tag where the registry answers ${status} for the list`, async () => {
      const { found } = await referrersOf(({ url }, response) => {
        if (url === tagPath) replyList(response, ['a']);
        else replyError(response, status, 'UNSUPPORTED');
      });
      assert.deepEqual(found, digests('a'));
    });
  }

  it('are read off the tag where a gateway answers with a page of its own', async () => {
    const { found } = await referrersOf(({ url }, response) => {
      if (url === tagPath) replyList(response, ['a']);
      else reply(response, 200, { 'Content-Type': 'text/html' }, '<h1>Welcome</h1>');
    });
    assert.deepEqual(found, digests('a'));
  });

  it('are none where there is neither list nor tag', async () => {
    const { found } = await referrersOf((_, response) => replyError(response, 404, 'MANIFEST_UNKNOWN'));
    assert.deepEqual(found, []);
  });

  it('are cut down to 64 digits in the tag of a longer digest', async () => {
    const long = { ...subject, digest: digestOf('subject', 'sha512') };
    await using server = await startFaultServer((_, response) => replyError(response, 404, 'UNSUPPORTED'));
    await using client = testClient();
    await collect(appIn(client, server.host).referrers(long));
    assert.match(server.requests.at(-1)?.url ?? '', /\/manifests\/sha512-[0-9a-f]{64}$/);
  });

  const refused: readonly (readonly [what: string, reason: string, handler: FaultHandler])[] = [
    [
      'whose next page is the one before',
      'RegistryError',
      (_, response) => replyList(response, ['a'], { Link: `<${listPath}>; rel="next"` }),
    ],
    [
      'that go on at another host',
      'Insecure',
      (_, response) => replyList(response, ['a'], { Link: '<http://127.0.0.1:1/v2/>; rel="next"' }),
    ],
    [
      'whose list is no index',
      'Corrupt',
      (_, response) => reply(response, 200, { 'Content-Type': mediaType.ociIndex }, '{"schemaVersion":2}'),
    ],
    [
      'whose list says that it is a manifest',
      'Corrupt',
      (_, response) =>
        reply(
          response,
          200,
          { 'Content-Type': mediaType.ociIndex },
          JSON.stringify({
            schemaVersion: 2,
            mediaType: mediaType.ociManifest,
            config: row('c'),
            layers: [],
          }),
        ),
    ],
    [
      'whose list has both manifests and layers',
      'Corrupt',
      (_, response) =>
        reply(
          response,
          200,
          { 'Content-Type': mediaType.ociIndex },
          JSON.stringify({ schemaVersion: 2, manifests: [], layers: [] }),
        ),
    ],
    [
      'of more than 4 MiB a page',
      'TooLarge',
      (_, response) => reply(response, 200, { 'Content-Type': mediaType.ociIndex }, ' '.repeat(5_000_000)),
    ],
    ['that need a sign-in', 'Unauthorized', (_, response) => replyError(response, 401, 'UNAUTHORIZED')],
    ['that may not be read', 'Forbidden', (_, response) => replyError(response, 403, 'DENIED')],
    [
      'behind whose tag is an image',
      'Corrupt',
      ({ url }, response) => {
        if (url !== tagPath) return replyError(response, 404, 'UNSUPPORTED');
        const manifest = { schemaVersion: 2, mediaType: mediaType.ociManifest, config: row('c'), layers: [] };
        reply(response, 200, { 'Content-Type': mediaType.ociManifest }, JSON.stringify(manifest));
      },
    ],
  ];
  for (const [what, reason, handler] of refused) {
    it(`are refused ${what}: ${reason}`, async () => {
      await assert.rejects(referrersOf(handler), { reason });
    });
  }

  it('may be thousands', async () => {
    const names = Array.from({ length: 12_000 }, (_, at) => `r${at}`);
    const { found } = await referrersOf(({ url }, response) => {
      const at = Number(new URL(url, 'http://x').searchParams.get('at') ?? 0);
      const next = at + 3000;
      const headers = next < names.length ? { Link: `<${listPath}?at=${next}>; rel="next"` } : {};
      replyList(response, names.slice(at, next), headers);
    });
    assert.equal(found.length, names.length);
  });
});
