import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  currentEngine,
  type EngineSources,
  engineNamed,
  knownEngines,
} from '../../../src/engine/dockerEngine/findEngines.ts';

describe('the engines of a user', () => {
  let home: string;
  let config: string;
  let runtime: string;
  const servers: Server[] = [];

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'strata-engines-'));
    config = join(home, '.docker');
    runtime = join(home, 'run');
    await mkdir(join(runtime, 'podman'), { recursive: true });
    await mkdir(config);
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await rm(home, { recursive: true, force: true });
  });

  function sources(environment: NodeJS.ProcessEnv = {}, onlyLocal = false): EngineSources {
    const platform = 'linux' as const;
    return { environment, configDirectory: config, home, platform, onlyLocal };
  }

  async function listen(path: string): Promise<void> {
    const server = createServer().listen(path);
    servers.push(server);
    await once(server, 'listening');
  }

  async function addContext(name: string, docker: object, tls: readonly string[] = []): Promise<void> {
    const id = createHash('sha256').update(name).digest('hex');
    await write(join('contexts', 'meta', id, 'meta.json'), {
      Name: name,
      Metadata: {},
      Endpoints: { docker },
    });
    for (const file of tls) await write(join('contexts', 'tls', id, 'docker', file), {});
  }

  async function write(path: string, value: unknown): Promise<void> {
    const file = join(config, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
  }

  it('are those of the sockets that are there: rootless Docker’s and Podman’s', async () => {
    await listen(join(runtime, 'docker.sock'));
    await listen(join(runtime, 'podman', 'podman.sock'));
    const known = await knownEngines(sources({ XDG_RUNTIME_DIR: runtime }));
    const names = known.map(({ name }) => name).filter((name) => !['default', 'podman-root'].includes(name));
    assert.deepEqual(names, ['rootless', 'podman']);
  });

  it('are led by DOCKER_HOST, before any context', async () => {
    await addContext('remote', { Host: 'ssh://ada@build.example' });
    await write('config.json', { currentContext: 'remote' });
    const host = 'tcp://127.0.0.1:4000';
    const engine = await currentEngine(sources({ DOCKER_HOST: host, DOCKER_CONTEXT: 'remote' }));
    assert.deepEqual(engine, {
      name: 'default',
      host,
      address: { kind: 'tcp', host: '127.0.0.1', port: 4000, tls: false },
    });
    assert.equal((await currentEngine(sources())).host, 'ssh://ada@build.example');
  });

  it('are led by DOCKER_CONTEXT before the context in use', async () => {
    await addContext('one', { Host: 'unix:///one.sock' });
    await addContext('two', { Host: 'unix:///two.sock' });
    await write('config.json', { currentContext: 'one' });
    assert.equal((await currentEngine(sources())).name, 'one');
    assert.equal((await currentEngine(sources({ DOCKER_CONTEXT: 'two' }))).name, 'two');
    const known = await knownEngines(sources({ DOCKER_CONTEXT: 'two' }));
    assert.deepEqual(
      known.filter(({ isCurrent }) => isCurrent).map(({ name }) => name),
      ['two'],
    );
  });

  it('use TLS by the environment: DOCKER_TLS_VERIFY and DOCKER_CERT_PATH', async () => {
    await write(join('certs', 'ca.pem'), 'x');
    const environment = {
      DOCKER_HOST: 'tcp://build.example',
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: join(config, 'certs'),
    };
    assert.deepEqual(await currentEngine(sources(environment)), {
      name: 'default',
      host: 'tcp://build.example',
      address: { kind: 'tcp', host: 'build.example', port: 2376, tls: true },
      tls: { ca: join(config, 'certs', 'ca.pem'), verify: true },
    });
    const unverified = { DOCKER_HOST: 'tcp://build.example', DOCKER_TLS: '1' };
    assert.deepEqual((await currentEngine(sources(unverified))).tls, { verify: false });
  });

  it('use the TLS files of their context', async () => {
    await addContext('secure', { Host: 'tcp://build.example:2376' }, ['ca.pem', 'cert.pem', 'key.pem']);
    await addContext('careless', { Host: 'tcp://build.example:2376', SkipTLSVerify: true });
    const { tls } = await engineNamed(sources(), 'secure');
    assert.deepEqual(Object.keys(tls ?? {}).sort(), ['ca', 'cert', 'key', 'verify']);
    assert.equal(tls?.verify, true);
    assert.deepEqual((await engineNamed(sources(), 'careless')).tls, { verify: false });
  });

  it('are listed though one of them cannot be read', async () => {
    await addContext('good', { Host: 'unix:///good.sock' });
    await addContext('odd', { Host: 'gopher://x' });
    await write(join('contexts', 'meta', 'f'.repeat(64), 'meta.json'), '{');
    await write(join('contexts', 'meta', 'notes', 'meta.json'), '{}');
    const known = await knownEngines(sources({ DOCKER_HOST: 'nonsense' }));
    const told = Object.fromEntries(known.map((one) => [one.name, 'problem' in one]));
    assert.equal(told.good, false);
    assert.equal(told.odd, true);
    assert.equal(told.ffffffffffff, true);
    assert.equal(told.default, true);
    await assert.rejects(engineNamed(sources(), 'odd'), { reason: 'Invalid' });
  });

  it('do not have a context that nobody made', async () => {
    await write('config.json', { currentContext: 'gone' });
    await assert.rejects(currentEngine(sources()), {
      reason: 'NotFound',
      message: /no Docker context "gone"/,
    });
    await write('config.json', '{');
    await assert.rejects(currentEngine(sources()), { reason: 'Corrupt' });
  });

  it('are this machine’s own alone where nobody trusts the workspace', async () => {
    await addContext('remote', { Host: 'ssh://ada@build.example' });
    await write('config.json', { currentContext: 'remote' });
    await listen(join(runtime, 'docker.sock'));
    const environment = { DOCKER_HOST: 'ssh://ada@other.example', XDG_RUNTIME_DIR: runtime };
    const known = await knownEngines(sources(environment, true));
    assert.deepEqual(
      known.filter((one) => !('endpoint' in one) || one.endpoint.address.kind !== 'socket'),
      [],
    );
    assert.equal((await currentEngine(sources(environment, true))).address.kind, 'socket');
  });
});
