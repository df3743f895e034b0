import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { DockerEngine } from '../../../src/engine/dockerEngine/dockerEngine.ts';
import { EngineError, type Reason } from '../../../src/engine/errors.ts';
import { openLoadWorld } from '../../support/archives/loadWorld.ts';
import { classicArchive, modernArchive, plainImage } from '../../support/archives/sampleArchives.ts';
import { engineAt } from '../../support/engines/engineAt.ts';
import { type FakeEngineOptions, startFakeEngine } from '../../support/engines/fakeEngine.ts';
import { reply, replyJson } from '../../support/registryFaults/faultServer.ts';

async function rejectsWith(reason: Reason, says: RegExp, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof EngineError, `not an EngineError: ${error}`);
    assert.equal(error.reason, reason, error.message);
    assert.match(error.message, says);
    return true;
  });
}

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

interface Fault {
  readonly what: string;
  readonly answer: (response: ServerResponse) => void;
  readonly reason: Reason;
  readonly says: RegExp;
  readonly options?: FakeEngineOptions;
  readonly call?: (engine: DockerEngine) => Promise<unknown>;
}

const unanswered = (): void => undefined;

const images = (engine: DockerEngine): Promise<unknown> => engine.images();

const faults: readonly Fault[] = [
  { what: 'never answers', answer: unanswered, reason: 'TimedOut', says: /sent nothing for 0\.3 s/ },
  {
    what: 'never says its version',
    options: { version: undefined },
    answer: unanswered,
    reason: 'TimedOut',
    says: /the Docker engine tested/,
  },
  {
    what: 'falls silent in the middle',
    answer: (response) => void response.writeHead(200).write('['),
    reason: 'TimedOut',
    says: /sent nothing/,
  },
  {
    what: 'breaks off in the middle',
    answer: (response) => void response.writeHead(200).write('[', () => response.destroy()),
    reason: 'Offline',
    says: /the connection was broken/,
  },
  {
    what: 'hangs up at once',
    answer: (response) => void response.destroy(),
    reason: 'Offline',
    says: /the connection was broken/,
  },
  {
    what: 'answers with no JSON',
    answer: (response) => reply(response, 200, {}, '<html>'),
    reason: 'RegistryError',
    says: /something else than its API says/,
  },
  {
    what: 'answers with another kind of JSON',
    answer: (response) => replyJson(response, 200, { images: [] }),
    reason: 'RegistryError',
    says: /must be an array/,
  },
  {
    what: 'lists an image whose ID is none',
    answer: (response) => replyJson(response, 200, [{ Id: 'sha256:../../x', Size: 1 }]),
    reason: 'RegistryError',
    says: /invalid digest/,
  },
  {
    what: 'fails',
    answer: (response) => replyJson(response, 500, { message: 'the disk is on fire' }),
    reason: 'RegistryError',
    says: /^the disk is on fire$/,
  },
  {
    what: 'fails with a page of a proxy',
    answer: (response) => reply(response, 502, {}, '<h1>Bad gateway</h1>'),
    reason: 'RegistryError',
    says: /answered with status 502/,
  },
  {
    what: 'lets nobody in',
    answer: (response) => replyJson(response, 401, { message: 'who are you?' }),
    reason: 'Unauthorized',
    says: /who are you/,
  },
  {
    what: 'forbids',
    answer: (response) => replyJson(response, 403, { message: 'not you' }),
    reason: 'Forbidden',
    says: /not you/,
  },
  {
    what: 'is too old',
    options: { version: { ApiVersion: '1.12', Version: '1.0' } },
    answer: unanswered,
    reason: 'Unsupported',
    says: /not one that this version can talk to/,
  },
  {
    what: 'is too new',
    options: { version: { ApiVersion: '2.5', MinAPIVersion: '2.0' } },
    answer: unanswered,
    reason: 'Unsupported',
    says: /not one that this version can talk to/,
  },
  {
    what: 'names a version that is a path',
    options: { version: { ApiVersion: '1.41/../containers' } },
    answer: unanswered,
    reason: 'RegistryError',
    says: /ApiVersion is no version/,
  },
  {
    what: 'fails in the middle of a pull',
    answer: (response) =>
      reply(response, 200, {}, '{"status":"Pulling"}\r\n{"error":"no space left","errorDetail":{}}\r\n'),
    reason: 'RegistryError',
    says: /^no space left$/,
    call: (engine) => drain(engine.pull({ registry: 'docker.io', repository: 'library/alpine', tag: '1' })),
  },
  {
    what: 'refuses in the middle of a pull',
    answer: (response) =>
      reply(response, 200, {}, '{"error":"denied","errorDetail":{"code":401,"message":"denied"}}'),
    reason: 'Unauthorized',
    says: /^denied$/,
    call: (engine) => drain(engine.pull({ registry: 'docker.io', repository: 'library/alpine', tag: '1' })),
  },
  {
    what: 'sends a message without an end',
    answer: (response) => reply(response, 200, {}, `{"status":"${'x'.repeat(5_000_000)}"}`),
    reason: 'TooLarge',
    says: /a message is larger/,
    call: (engine) => drain(engine.pull({ registry: 'docker.io', repository: 'library/alpine', tag: '1' })),
  },
];

describe('a Docker engine that', () => {
  for (const { what, answer, reason, says, options, call = images } of faults) {
    it(`${what} is ${reason}`, async () => {
      await using fake = await startFakeEngine((_, response) => answer(response), options);
      const engine = engineAt(fake.host, { timeout: 300 });
      await rejectsWith(reason, says, call(engine));
    });
  }

  it('is not there is Offline, and says what to look at', async () => {
    await rejectsWith('Offline', /is the engine running\?/, engineAt('unix:///nowhere/docker.sock').images());
    await rejectsWith('Offline', /connection refused/, engineAt('tcp://127.0.0.1:1').images());
  });

  it('hangs is left at once where the caller cancels, its connection closed', async () => {
    const controller = new AbortController();
    await using fake = await startFakeEngine(() => controller.abort());
    await rejectsWith('Cancelled', /cancelled/, engineAt(fake.host).images(controller.signal));
    while (fake.openSockets() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('refuses an archive in the middle ends the source', async () => {
    await using fake = await startFakeEngine((_, response) =>
      replyJson(response, 500, { message: 'no room' }),
    );
    let closed = false;
    const endless = async function* () {
      try {
        for (;;) {
          yield new Uint8Array(65_536);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        closed = true;
      }
    };
    // Which of the two is heard first, the answer or the end of the connection, is the system's to say.
    await assert.rejects(drain(engineAt(fake.host).load(endless())), EngineError);
    while (!closed) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('breaks off an archive leaves nothing in the store', async () => {
    await using world = await openLoadWorld();
    const whole = classicArchive(plainImage(['broken', 'off'], ['acme/app:1'], 200_000));
    await using fake = await startFakeEngine((request, response) => {
      if (request.url?.endsWith('/json')) return replyJson(response, 200, {});
      response.writeHead(200, { 'Content-Length': whole.length });
      response.write(whole.subarray(0, 250_000), () => response.destroy());
    });
    const copying = world.engine.copyFromDocker(engineAt(fake.host), ['acme/app:1']);
    await rejectsWith('Offline', /the connection was broken/, drain(copying));
    assert.deepEqual(await world.images(), []);
    assert.deepEqual(await world.leftovers(), { blobs: 0, bytes: 0, faults: 0 });
  });

  it('gives other bytes than a layer’s diffId says is found out', async () => {
    await using world = await openLoadWorld();
    const image = plainImage(['tampered'], ['acme/app:1']);
    const archive = classicArchive({
      ...image,
      layers: [Buffer.from(image.layers[0] ?? []).fill(1, 600, 700)],
    });
    await using fake = await startFakeEngine((request, response) => {
      if (request.url?.endsWith('/json')) return replyJson(response, 200, { Id: image.id });
      reply(response, 200, {}, archive);
    });
    const engine = engineAt(fake.host);
    await rejectsWith('Corrupt', /damaged/, drain(world.engine.copyFromDocker(engine, ['acme/app:1'])));
    await rejectsWith('DigestMismatch', /has the digest/, world.engine.engineImage(engine, 'acme/app:1'));
  });

  it('keeps the images of newer engines: manifests of their own', async () => {
    await using world = await openLoadWorld();
    const image = plainImage(['modern'], ['tool:3']);
    await using fake = await startFakeEngine((request, response) => {
      if (request.url?.endsWith('/json'))
        return replyJson(response, 200, { Id: image.id, RepoTags: ['tool:3'] });
      reply(response, 200, {}, modernArchive(image));
    });
    const found = await world.engine.engineImage(engineAt(fake.host), 'tool:3');
    await drain(world.engine.copyFromDocker(engineAt(fake.host), ['tool:3']));
    const [copied] = await world.engine.images();
    assert.equal(found.id, image.id);
    assert.equal(copied?.manifest.digest, found.manifest.digest);
  });
});
