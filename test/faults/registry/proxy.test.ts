import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../support/commandLine.ts';
import { seedImages } from '../../support/dockerHub/seedImages.ts';
import { type LoopbackDockerHub, startDockerHub } from '../../support/dockerHub/start.ts';

describe('Behind a proxy', function () {
  this.timeout(60_000);
  let hub: LoopbackDockerHub;
  let store: string;

  before(async () => {
    store = await mkdtemp(join(tmpdir(), 'strata-proxy-'));
    hub = await startDockerHub(
      seedImages().filter(({ repository }) => repository === 'library/redis'),
      [],
    );
  });
  after(async () => {
    await hub?.[Symbol.asyncDispose]();
    await rm(store, { recursive: true, force: true });
  });

  const strata = (line: string, environment: Readonly<Record<string, string>> = hub.environment) =>
    runCommandLine(['--store', store, ...line.split(' ')], { environment });

  it('pulls from Docker Hub, all of it through the proxy', async () => {
    const { code, stdout, stderr } = await strata('pull redis');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Status: Downloaded newer image for redis:latest/);
    assert.ok(hub.proxy.asked.length > 0);
    assert.ok(hub.proxy.asked.every((target) => target === 'registry-1.docker.io:443'));
  });

  it('asks a registry on loopback directly', async () => {
    const before = hub.proxy.asked.length;
    const { code, stderr } = await strata(`digest ${hub.registry.host}/library/redis`);
    assert.equal(code, 0, stderr);
    assert.equal(hub.proxy.asked.length, before);
  });

  it('says in one line that the proxy lets nobody through', async () => {
    const { code, stderr } = await strata('digest quay.io/acme/app');
    assert.equal(code, 1);
    assert.match(stderr, /^Error: .*quay\.io.*\n$/);
  });

  it('says in one line that there is no proxy where one is named', async () => {
    const { code, stderr } = await strata('digest redis', { HTTPS_PROXY: 'http://127.0.0.1:1' });
    assert.equal(code, 1);
    assert.match(stderr, /^Error: .*(docker\.io).*\n$/);
  });
});
