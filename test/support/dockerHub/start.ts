import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DockerRegistry, startDockerRegistry } from '../dockerRegistry.ts';
import { fillRegistry } from '../fillRegistry.ts';
import type { SampleImage } from '../sampleRegistry/sampleImages.ts';
import { certificateFor } from './authority.ts';
import { type ConnectProxy, startConnectProxy } from './connectProxy.ts';
import { type HubRepository, searchAnswer } from './search.ts';

/** The hosts that Docker Hub is spoken to at, and one more registry. */
const hosts = ['registry-1.docker.io', 'index.docker.io', 'hub.docker.com', 'gcr.io'];

/** Docker Hub as a client meets it behind a proxy: its names, its TLS, its search, and a real registry behind it. */
export interface LoopbackDockerHub extends AsyncDisposable {
  readonly registry: DockerRegistry;
  readonly proxy: ConnectProxy;
  /** What a program needs to be led here: Docker's engine (Go) and Node read different names of the authority. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function startDockerHub(
  images: readonly SampleImage[],
  repositories: readonly HubRepository[],
): Promise<LoopbackDockerHub> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-hub-'));
  const { key, cert, authorityFile } = await certificateFor(hosts, folder);
  const registry = await startDockerRegistry();
  await fillRegistry(registry.host, images);
  const server = createServer({ key, cert }, (asked, answer) => {
    const url = new URL(asked.url ?? '/', `https://${asked.headers.host}`);
    const found = searchAnswer(url, repositories);
    if (found) answer.setHeader('Content-Type', 'application/json').end(JSON.stringify(found));
    else forward(registry.host, asked, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startConnectProxy(hosts, (server.address() as AddressInfo).port);
  return {
    registry,
    proxy,
    environment: {
      HTTPS_PROXY: proxy.url,
      SSL_CERT_FILE: authorityFile,
      NODE_EXTRA_CA_CERTS: authorityFile,
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      server.close();
      server.closeAllConnections();
      await registry[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** To the registry behind, which is asked as the host that the client asked, so that its `Location`s lead back here. */
function forward(host: string, asked: IncomingMessage, answer: ServerResponse): void {
  const [hostname, port] = host.split(':');
  const headers = { ...asked.headers, 'x-forwarded-proto': 'https' };
  const passed = request({ hostname, port, method: asked.method, path: asked.url, headers }, (given) => {
    answer.writeHead(given.statusCode ?? 502, given.headers);
    given.pipe(answer);
  });
  passed.on('error', () => answer.writeHead(502).end());
  asked.pipe(passed);
}
