import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerEngine } from '../../../src/engine/dockerEngine/dockerEngine.ts';
import { parseEngineAddress } from '../../../src/engine/dockerEngine/engineAddress.ts';
import type { EngineTls } from '../../../src/engine/dockerEngine/engineEndpoint.ts';
import type { EngineNews } from '../../../src/engine/dockerEngine/engineEvents.ts';
import { engineAt } from '../../support/engines/engineAt.ts';
import { startFakeEngine } from '../../support/engines/fakeEngine.ts';
import { makeCertificate } from '../../support/registryFaults/certificate.ts';
import { replyJson } from '../../support/registryFaults/faultServer.ts';

const noImages = (_: unknown, response: Parameters<typeof replyJson>[0]) => replyJson(response, 200, []);

describe('a Docker engine behind', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-engine-tls-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  async function pem(name: string, bytes: Buffer): Promise<string> {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  }

  function encrypted(host: string, tls: EngineTls): DockerEngine {
    const endpoint = { name: 'tls', host, address: parseEngineAddress(host, true), tls };
    return new DockerEngine({ endpoint, registryAuth: async () => 'e30' });
  }

  it('TLS is reached with its authority and a certificate for it, and by nobody without', async () => {
    const [server, client] = await Promise.all([makeCertificate(), makeCertificate()]);
    const tls = { ...server, ca: [client.cert], requestCert: true, rejectUnauthorized: true };
    await using fake = await startFakeEngine(noImages, { tls });
    const files = {
      ca: await pem('ca.pem', server.cert),
      cert: await pem('cert.pem', client.cert),
      key: await pem('key.pem', client.key),
    };
    assert.deepEqual(await encrypted(fake.host, { ...files, verify: true }).images(), []);
    await assert.rejects(encrypted(fake.host, { ca: files.ca, verify: true }).images(), {
      reason: 'Offline',
    });
  });

  it('a certificate of another authority is not trusted, unless that has been asked for', async () => {
    const [server, other] = await Promise.all([makeCertificate(), makeCertificate()]);
    await using fake = await startFakeEngine(noImages, { tls: server });
    const ca = await pem('other.pem', other.cert);
    await assert.rejects(encrypted(fake.host, { ca, verify: true }).images(), {
      reason: 'Offline',
      message: /its certificate is not trusted/,
    });
    assert.deepEqual(await encrypted(fake.host, { verify: false }).images(), []);
    assert.deepEqual(fake.requests.length, 1);
  });

  it('TLS files that are none or not there is an error, not an open connection', async () => {
    const ca = await pem('none.pem', Buffer.from('no certificate'));
    const key = join(folder, 'nosuch.pem');
    await assert.rejects(encrypted('tcp://127.0.0.1:1', { key, verify: true }).images(), { reason: 'Io' });
    await assert.rejects(encrypted('tcp://127.0.0.1:1', { key: ca, cert: ca, verify: true }).images(), {
      reason: 'Invalid',
    });
  });

  it('plain TCP where TLS was expected is Offline', async () => {
    await using fake = await startFakeEngine(noImages, { tls: await makeCertificate() });
    await assert.rejects(engineAt(fake.host).images(), { reason: 'Offline' });
  });

  it('ssh is reached through the standard streams of the program', async () => {
    await using fake = await startFakeEngine(noImages);
    const ssh = join(folder, 'ssh');
    await writeFile(ssh, bridge(fake.socket));
    await chmod(ssh, 0o755);
    const engine = engineAt('ssh://ada@build.example:2222/run/docker.sock', { ssh, timeout: 20_000 });
    assert.deepEqual(await engine.images(), []);
    const failing = engineAt('ssh://refused.example', { ssh, timeout: 20_000 });
    await assert.rejects(failing.images(), {
      reason: 'Offline',
      message: /refused\.example: Permission denied \(publickey\)\./,
    });
    const missing = engineAt('ssh://build.example', { ssh: join(folder, 'nosuch') });
    await assert.rejects(missing.images(), { reason: 'Offline', message: /not installed/ });
  });

  it('a stream of events that breaks is reached again, and what was missed is to be read anew', async () => {
    let streams = 0;
    await using fake = await startFakeEngine((_, response) => {
      streams += 1;
      if (streams === 2) return replyJson(response, 500, { message: 'not yet' });
      response.writeHead(200);
      const tag = '{"Type":"image","Action":"tag"}\n{"Type":"container","Action":"exec_start: sh"}\n';
      response.write(`${tag}{"Type":"netw`, () => (streams === 1 ? response.destroy() : undefined));
    });
    const engine = engineAt(fake.host, { retryPace: { first: 10, longest: 20 } });
    const controller = new AbortController();
    const told: string[] = [];
    const listen = async (): Promise<void> => {
      for await (const news of engine.events(controller.signal)) {
        told.push(newsText(news));
        if (told.length === 6) controller.abort();
      }
    };
    await assert.rejects(listen(), { reason: 'Cancelled' });
    assert.deepEqual(told, [
      'connected',
      'image tag',
      'lost Offline',
      'lost RegistryError',
      'connected',
      'image tag',
    ]);
  });
});

function newsText(news: EngineNews): string {
  if (news.kind === 'changed') return `${news.what} ${news.action}`;
  return news.kind === 'lost' ? `lost ${(news.error as { reason?: string } | undefined)?.reason}` : news.kind;
}

/** What passes for `ssh`: it holds its arguments against what is wanted and is `docker system dial-stdio` itself. */
function bridge(socket: string): string {
  return `#!${process.execPath}
const args = process.argv.slice(2).join(' ');
if (args.includes('refused')) {
  process.stderr.write('Warning: something\\nPermission denied (publickey).\\n');
  process.exit(255);
}
const wanted = '-o ConnectTimeout=30 -T -l ada -p 2222 -- build.example docker --host unix:///run/docker.sock system dial-stdio';
if (args !== wanted) throw new Error(args);
const connection = require('node:net').connect(${JSON.stringify(socket)});
process.stdin.pipe(connection);
connection.pipe(process.stdout);
`;
}
