import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { Reason } from '../../../src/engine/errors.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { type Pusher, readWhole, startPusher } from '../../support/pushing.ts';
import { randomImage } from '../../support/randomImage.ts';
import { reply, replyError, type SeenRequest } from '../../support/registryFaults/faultServer.ts';
import { type Fault, type PushWorld, startPushWorld } from '../../support/registryFaults/pushWorld.ts';

const [image] = randomImage(['x', 'y'], 30_000).manifests;
assert.ok(image);
const { digest } = image.descriptor;
const layerDigests = image.blobs.slice(1).map(({ descriptor }) => descriptor.digest);

const isWholePut = ({ method, url, body }: SeenRequest): boolean =>
  method === 'PUT' && url.includes('/blobs/uploads/') && body.length > 0;
const isManifestPut = ({ method, url }: SeenRequest): boolean =>
  method === 'PUT' && url.includes('/manifests/');
const isMount = ({ method, url }: SeenRequest): boolean => method === 'POST' && url.includes('mount=');
const isUploadStart = ({ method, url }: SeenRequest): boolean =>
  method === 'POST' && url.endsWith('/blobs/uploads/');

/** Refuses what fits, so many times. */
function refusing(fits: (request: SeenRequest) => boolean, times: number, answer: Refusal): Fault {
  let left = times;
  return (request, response) => {
    if (left === 0 || !fits(request)) return false;
    left--;
    answer(response, request);
    return true;
  };
}

type Refusal = (response: ServerResponse, request: SeenRequest) => void;
const status =
  (code: number, name: string): Refusal =>
  (response) =>
    replyError(response, code, name);

interface Overcome {
  readonly what: string;
  readonly fault: () => Fault;
}

const overcome: readonly Overcome[] = [
  ...[404, 405, 411, 413, 501].map((code) => ({
    what: `takes no blob in one piece (${code})`,
    fault: () => refusing(isWholePut, Number.POSITIVE_INFINITY, status(code, 'UNSUPPORTED')),
  })),
  ...[500, 502, 503, 429].map((code) => ({
    what: `is out of order for a moment (${code}) when blobs come`,
    fault: () => refusing(isWholePut, 2, status(code, 'UNKNOWN')),
  })),
  {
    what: 'wants to know midway who asks (401)',
    fault: () => refusing(isWholePut, 1, status(401, 'UNAUTHORIZED')),
  },
  {
    what: 'breaks the connection behind a blob that it has taken',
    fault: () => refusing(isWholePut, 1, (response) => response.destroy()),
  },
  {
    what: 'is out of order for a moment (503) when the manifest comes',
    fault: () => refusing(isManifestPut, 1, status(503, 'UNKNOWN')),
  },
  {
    what: 'loses a chunk and says where to go on',
    fault: () => {
      const whole = refusing(isWholePut, Number.POSITIVE_INFINITY, status(405, 'UNSUPPORTED'));
      const chunk = refusing(
        ({ method }) => method === 'PATCH',
        2,
        (response) => response.destroy(),
      );
      return (request, response) => whole(request, response) || chunk(request, response);
    },
  },
  {
    what: 'forgets an upload between its chunks',
    fault: () => {
      const whole = refusing(isWholePut, Number.POSITIVE_INFINITY, status(405, 'UNSUPPORTED'));
      const forgotten = refusing(({ method }) => method === 'PATCH', 1, status(404, 'BLOB_UPLOAD_UNKNOWN'));
      return (request, response) => whole(request, response) || forgotten(request, response);
    },
  },
];

interface Hopeless {
  readonly what: string;
  readonly reason: Reason;
  readonly message: RegExp;
  readonly fault?: Fault;
  readonly change?: PushWorld['change'];
}

const forever = Number.POSITIVE_INFINITY;
const lie = digestOf('something else');

const hopeless: readonly Hopeless[] = [
  {
    what: 'lets nobody push',
    reason: 'Forbidden',
    message: /not allowed to push/,
    fault: refusing(isUploadStart, forever, status(403, 'DENIED')),
  },
  {
    what: 'opens an upload without saying where',
    reason: 'RegistryError',
    message: /without saying where/,
    fault: refusing(isUploadStart, forever, (response) => reply(response, 202)),
  },
  {
    what: 'sends uploads to an address that is none',
    reason: 'RegistryError',
    message: /without saying where/,
    fault: refusing(isUploadStart, forever, (response) => reply(response, 202, { Location: 'http://[' })),
  },
  {
    what: 'sends uploads to where nothing is',
    reason: 'NotFound',
    message: /has no such upload in acme\/app/,
    fault: refusing(isUploadStart, forever, (response, { url }) =>
      reply(response, 202, { Location: `${url}00000000-0000-0000-0000-000000000000` }),
    ),
  },
  {
    what: 'refuses the manifest',
    reason: 'RegistryError',
    message: /MANIFEST_INVALID/,
    fault: refusing(isManifestPut, forever, status(400, 'MANIFEST_INVALID')),
  },
  {
    what: 'says of a blob that it has another digest',
    reason: 'DigestMismatch',
    message: /says that it stored other bytes/,
    change: (request, headers) => {
      if (isWholePut(request)) headers['docker-content-digest'] = lie;
    },
  },
  {
    what: 'says of the manifest that it has another digest',
    reason: 'DigestMismatch',
    message: /says that it stored other bytes/,
    change: (request, headers) => {
      if (isManifestPut(request)) headers['docker-content-digest'] = lie;
    },
  },
];

describe('a push to a registry that', function () {
  this.timeout(60_000);
  let world: PushWorld;
  let pusher: Pusher;
  let name: string;

  beforeEach(async () => {
    world = await startPushWorld();
    name = `${world.front.host}/acme/app:1`;
    pusher = await startPusher(image, [name, `${world.front.host}/acme/other:1`]);
  });
  afterEach(async () => {
    await pusher[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  const inRegistry = (path = 'acme/app:1') => readWhole(`${world.host}/${path}`);

  for (const { what, fault } of overcome) {
    it(`${what} succeeds`, async () => {
      world.fault = fault();
      const { done, layers } = await pusher.push(name);
      assert.equal(done.digest, digest);
      assert.deepEqual(layers, ['complete', 'complete']);
      assert.equal(await inRegistry(), digest);
    });
  }

  for (const { what, reason, message, fault, change } of hopeless) {
    it(`${what} fails in one sentence, and succeeds once it is mended`, async () => {
      if (fault) world.fault = fault;
      if (change) world.change = change;
      await assert.rejects(pusher.push(name), { reason, message });
      if (!what.startsWith('says of the manifest')) assert.equal(await inRegistry(), undefined);
      world.fault = () => false;
      world.change = () => undefined;
      assert.equal((await pusher.push(name)).done.digest, digest);
      assert.equal(await inRegistry(), digest);
    });
  }

  it('keeps half a chunk of a broken connection is sent only the other half', async () => {
    const whole = refusing(isWholePut, forever, status(405, 'UNSUPPORTED'));
    const half = refusing(
      ({ method }) => method === 'PATCH',
      1,
      (response, { url, body }) => {
        const kept = body.subarray(0, body.length / 2);
        const headers = { 'Content-Type': 'application/octet-stream' };
        const patch = fetch(`http://${world.host}${url}`, { method: 'PATCH', headers, body: kept });
        void patch.finally(() => response.destroy());
      },
    );
    world.fault = (request, response) => whole(request, response) || half(request, response);
    await pusher.push(name);
    assert.equal(await inRegistry(), digest);
    const chunks = world.front.requests.filter(({ method }) => method === 'PATCH');
    const [broken, ...others] = chunks;
    assert.ok(broken);
    const rest = others.find(({ url }) => url === broken.url);
    assert.equal(rest?.body.length, broken.body.length - Math.floor(broken.body.length / 2));
  });

  it('mounts blobs is sent none of them', async () => {
    await pusher.push(name);
    const before = world.front.requests.length;
    const { layers } = await pusher.push(`${world.front.host}/acme/other:1`);
    assert.deepEqual(layers, ['mounted acme/app', 'mounted acme/app']);
    const since = world.front.requests.slice(before);
    assert.equal(since.filter(({ method }) => method === 'PUT').length, 1);
    assert.equal(await inRegistry('acme/other:1'), digest);
  });

  const refusedMounts: readonly (readonly [string, Refusal])[] = [
    ['answers a mount with an upload (202)', (response) => reply(response, 202, { Location: '/nowhere' })],
    ['forbids a mount (403)', status(403, 'DENIED')],
    ['knows no mounts (404)', status(404, 'UNSUPPORTED')],
    ['wants a sign-in for a mount (401)', status(401, 'UNAUTHORIZED')],
  ];
  for (const [what, refusal] of refusedMounts) {
    it(`${what} is sent the blobs`, async () => {
      await pusher.push(name);
      world.fault = refusing(isMount, forever, refusal);
      const { layers } = await pusher.push(`${world.front.host}/acme/other:1`);
      assert.deepEqual(layers, ['complete', 'complete']);
      assert.equal(await inRegistry('acme/other:1'), digest);
    });
  }

  it('has all of it is asked for that and told the tag', async () => {
    await pusher.push(name);
    const before = world.front.requests.length;
    const { layers } = await pusher.push(name);
    assert.deepEqual(layers, ['exists', 'exists']);
    const methods = world.front.requests.slice(before).map(({ method }) => method);
    assert.deepEqual(methods.sort(), ['HEAD', 'HEAD', 'HEAD', 'PUT']);
  });

  it('is sent the same image by several at once gets each blob once', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => pusher.push(name)));
    assert.deepEqual(new Set(outcomes.map(({ done }) => done.digest)), new Set([digest]));
    const puts = world.front.requests.filter(isWholePut);
    assert.equal(puts.length, image.blobs.length);
    assert.ok(layerDigests.every((layer) => puts.some(({ url }) => url.includes(encodeURIComponent(layer)))));
  });
});
