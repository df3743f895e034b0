import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  type FaultServer,
  reply,
  replyError,
  type SeenRequest,
  startFaultServer,
} from '../../support/registryFaults/faultServer.ts';
import { blobDescriptor, sampleBytes } from '../../support/registryFaults/sampleBlob.ts';
import { appIn, testClient } from '../../support/registryFaults/testClient.ts';

const mebibyte = 1024 * 1024;

interface UploadWorld extends AsyncDisposable {
  readonly server: FaultServer;
  /** What was put together from a finished upload. */
  readonly stored: Buffer | undefined;
}

/** A registry that takes uploads; `refuse` answers a request itself by returning true. */
async function startUploadWorld(
  refuse: (request: SeenRequest, response: ServerResponse) => boolean = () => false,
  openHeaders: Record<string, string> = {},
): Promise<UploadWorld> {
  let received: Buffer[] = [];
  let stored: Buffer | undefined;
  let steps = 0;
  const location = () => ({ Location: `../uploads/1?state=a%2Fb&step=${++steps}` });
  const server = await startFaultServer((request, response) => {
    if (refuse(request, response)) return undefined;
    switch (request.method) {
      case 'POST':
        received = [];
        return reply(response, 202, { ...location(), ...openHeaders });
      case 'PATCH':
        received.push(request.body);
        return reply(response, 202, location());
      case 'PUT':
        stored = Buffer.concat([...received, request.body]);
        return reply(response, 201);
      default:
        return reply(response, request.method === 'DELETE' ? 204 : 404);
    }
  });
  return {
    server,
    get stored() {
      return stored;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function methods({ requests }: FaultServer): string {
  return requests.map(({ method }) => method).join(' ');
}

describe('an upload', function () {
  this.timeout(60_000);

  const bytes = sampleBytes(3 * mebibyte);
  const blob = blobDescriptor(bytes);

  it("is one PUT to where the registry says, the location's query kept", async () => {
    await using world = await startUploadWorld();
    await using client = testClient();
    await appIn(client, world.server.host).push(blob, Readable.from([bytes]));
    assert.ok(world.stored?.equals(bytes));
    assert.equal(methods(world.server), 'HEAD POST PUT');
    const put = world.server.requests.at(-1);
    assert.equal(
      put?.url,
      `/v2/acme/app/blobs/uploads/1?state=a%2Fb&step=1&digest=${encodeURIComponent(blob.digest)}`,
    );
    assert.equal(put?.headers['content-length'], String(bytes.length));
    assert.equal(put?.headers['transfer-encoding'], undefined);
  });

  it('does not read the content of what is there already', async () => {
    await using world = await startUploadWorld((request, response) => {
      if (request.method === 'HEAD') reply(response, 200);
      return request.method === 'HEAD';
    });
    await using client = testClient();
    const content = (async function* (): AsyncGenerator<Uint8Array> {
      yield assert.fail('it was read');
    })();
    await appIn(client, world.server.host).push(blob, content);
    assert.equal(methods(world.server), 'HEAD');
  });

  for (const status of [404, 405, 411, 413]) {
    it(`goes in chunks where one PUT is refused with ${status}`, async () => {
      await using world = await startUploadWorld((request, response) => {
        const isRefused = request.method === 'PUT' && request.body.length > 0;
        if (isRefused) replyError(response, status, 'UNSUPPORTED');
        return isRefused;
      });
      await using client = testClient();
      await appIn(client, world.server.host).push(blob, Readable.from([bytes]));
      assert.ok(world.stored?.equals(bytes));
      assert.equal(methods(world.server), 'HEAD POST PUT DELETE POST PATCH PUT');
    });
  }

  it('goes in chunks no shorter than the registry wants, each where the one before led', async () => {
    const large = sampleBytes(2 * mebibyte + 10);
    await using world = await startUploadWorld(
      (request, response) => {
        const isRefused = request.method === 'PUT' && request.body.length > 0;
        if (isRefused) replyError(response, 405, 'UNSUPPORTED');
        return isRefused;
      },
      { 'OCI-Chunk-Min-Length': String(9 * mebibyte) },
    );
    await using client = testClient();
    const pieces = [large.subarray(0, 7), large.subarray(7)];
    await appIn(client, world.server.host).push(blobDescriptor(large), Readable.from(pieces));
    assert.ok(world.stored?.equals(large));
    const patch = world.server.requests.find(({ method }) => method === 'PATCH');
    assert.equal(patch?.headers['content-range'], `0-${large.length - 1}`);
    assert.match(world.server.requests.at(-1)?.url ?? '', /step=3&digest=/);
  });

  it('leaves nothing behind where the content is not what was announced', async () => {
    await using world = await startUploadWorld();
    await using client = testClient();
    const other = Buffer.from(bytes);
    other[0] = 1 + (other[0] ?? 0);
    await assert.rejects(appIn(client, world.server.host).push(blob, Readable.from([other])), {
      reason: 'DigestMismatch',
    });
    assert.equal(world.stored, undefined);
    assert.equal(world.server.requests.at(-1)?.method, 'DELETE');
  });

  it('leaves nothing behind where it is cancelled', async () => {
    await using world = await startUploadWorld();
    await using client = testClient();
    const abort = new AbortController();
    const content = (async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, mebibyte);
      yield bytes.subarray(mebibyte, 2 * mebibyte);
      abort.abort();
      yield bytes.subarray(2 * mebibyte);
    })();
    await assert.rejects(appIn(client, world.server.host).push(blob, content, abort.signal), {
      reason: 'Cancelled',
    });
    assert.equal(world.stored, undefined);
    assert.equal(world.server.requests.at(-1)?.method, 'DELETE');
    await client[Symbol.asyncDispose]();
    await world.server.allClosed();
  });

  it('says so where the account may not push', async () => {
    await using world = await startUploadWorld((request, response) => {
      if (request.method === 'POST') replyError(response, 403, 'DENIED');
      return request.method === 'POST';
    });
    await using client = testClient();
    await assert.rejects(appIn(client, world.server.host).push(blob, Readable.from([bytes])), {
      reason: 'Forbidden',
      message: `${world.server.host}/acme/app: not allowed to push to it`,
    });
  });

  it('fails where the registry does not say where to', async () => {
    await using server = await startFaultServer((request, response) =>
      reply(response, request.method === 'HEAD' ? 404 : 202),
    );
    await using client = testClient();
    await assert.rejects(appIn(client, server.host).push(blob, Readable.from([bytes])), {
      reason: 'RegistryError',
    });
  });

  it('takes no credentials to where the location is at another host', async () => {
    await using storage = await startFaultServer((_, response) => reply(response, 201));
    await using world = await startUploadWorld((request, response) => {
      if (!request.headers.authorization) {
        replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Basic realm="test"' });
        return true;
      }
      if (request.method === 'POST')
        reply(response, 202, { Location: `${storage.origin}/upload?signature=1` });
      return request.method === 'POST';
    });
    await using client = testClient({ signIn: { kind: 'password', username: 'ada', password: 'secret' } });
    await appIn(client, world.server.host).push(blob, Readable.from([bytes]));
    assert.ok(storage.requests[0]?.body.equals(bytes));
    assert.equal(storage.requests[0]?.headers.authorization, undefined);
  });
});
