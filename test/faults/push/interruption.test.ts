import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestHex } from '../../../src/engine/oci/digest.ts';
import { commandResult, runCommandLine, startCommandLine } from '../../support/commandLine.ts';
import { type DockerRegistry, startDockerRegistry } from '../../support/dockerRegistry.ts';
import { type Pusher, readWhole, startPusher } from '../../support/pushing.ts';
import { randomImage } from '../../support/randomImage.ts';
import { type CuttingProxy, startCuttingProxy } from '../../support/registryFaults/cuttingProxy.ts';

const [image] = randomImage(['p', 'q'], 200_000).manifests;
assert.ok(image);
const { digest } = image.descriptor;
const [, , top] = image.blobs;
assert.ok(top);
const topLayer = top.descriptor;

describe('a push that is broken off', function () {
  this.timeout(60_000);
  let registry: DockerRegistry;
  let proxy: CuttingProxy;
  let pusher: Pusher;
  let name: string;

  beforeEach(async () => {
    registry = await startDockerRegistry();
    proxy = await startCuttingProxy(registry.host);
    name = `${proxy.host}/acme/app:1`;
    pusher = await startPusher(image, [name]);
  });
  afterEach(async () => {
    await pusher[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  const inRegistry = () => readWhole(`${registry.host}/acme/app:1`);
  const blobFile = () => path.join(pusher.directory, 'blobs/sha256', digestHex(topLayer.digest));

  for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
    it(`by ${signal} shows no tag, and is finished by the next`, async () => {
      const slow = proxy.stallAfter(150_000);
      const child = startCommandLine(['--store', pusher.directory, 'push', name]);
      child.stdin?.end();
      const result = commandResult(child);
      await slow;
      child.kill(signal);
      const { code } = await result;
      assert.equal(code, { SIGKILL: 'SIGKILL', SIGINT: 130, SIGTERM: 143 }[signal]);
      assert.equal(await inRegistry(), undefined);
      await proxy.restore();
      const again = await runCommandLine(['--store', pusher.directory, 'push', '--json', name]);
      assert.equal(again.code, 0, again.stderr);
      assert.equal(JSON.parse(again.stdout).digest, digest);
      assert.equal(await inRegistry(), digest);
    });
  }

  it('by its caller ends with Cancelled, shows no tag, and is finished by the next', async () => {
    const slow = proxy.stallAfter(150_000);
    const abort = new AbortController();
    const push = pusher.push(name, abort.signal);
    await slow;
    abort.abort();
    await assert.rejects(push, { reason: 'Cancelled' });
    await proxy.restore();
    assert.equal(await inRegistry(), undefined);
    assert.equal((await pusher.push(name)).done.digest, digest);
  });

  it('by a damaged layer says what to do, and gives the registry none of it', async () => {
    const bytes = await readFile(blobFile());
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    await writeFile(blobFile(), bytes);
    const { code, stdout, stderr } = await runCommandLine(['--store', pusher.directory, 'push', name]);
    assert.equal(code, 1);
    assert.match(stderr, /^Error: [^\n]*not what it should be[^\n]*strata store verify --repair[^\n]*\n$/);
    assert.ok(!stdout.includes('digest: '));
    assert.equal(await inRegistry(), undefined);
    const asked = await fetch(`http://${registry.host}/v2/acme/app/blobs/${topLayer.digest}`);
    assert.equal(asked.status, 404);
  });

  it('by a layer that is missing says what to do', async () => {
    await rm(blobFile());
    await assert.rejects(pusher.push(name), { reason: 'DigestMismatch', message: /is missing$/ });
    assert.equal(await inRegistry(), undefined);
  });

  it('never began where the registry is not there', async () => {
    proxy.cutAfter(0, { dead: true });
    const socket = await fetch(`http://${proxy.host}/v2/`).catch(() => undefined);
    assert.equal(socket, undefined);
    const { code, stderr } = await runCommandLine(['--store', pusher.directory, 'push', name]);
    assert.equal(code, 1);
    assert.match(stderr, /^Error: cannot reach [^\n]+\n$/);
  });
});
