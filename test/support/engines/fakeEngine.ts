import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replyJson } from '../registryFaults/faultServer.ts';

/** A server on a socket that passes for a Docker engine, as far as a test says. */
export interface FakeEngine extends AsyncDisposable {
  /** As `DOCKER_HOST` writes it. */
  readonly host: string;
  readonly socket: string;
  /** `GET /v1.41/images/json` each, `/version` left out. */
  readonly requests: readonly string[];
  openSockets(): number;
}

export interface FakeEngineOptions {
  /** TLS on a port of 127.0.0.1 instead of a socket in a folder. */
  readonly tls?: ServerOptions;
  /** What `/version` says; an engine of API 1.41. */
  readonly version?: unknown;
}

export async function startFakeEngine(
  listener: RequestListener,
  {
    tls,
    version = { ApiVersion: '1.41', MinAPIVersion: '1.12', Version: '20.10.24' },
  }: FakeEngineOptions = {},
): Promise<FakeEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-fake-engine-'));
  const socket = join(folder, 'docker.sock');
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const answer: RequestListener = (request, response) => {
    if (request.url === '/version' && version !== undefined) return replyJson(response, 200, version);
    requests.push(`${request.method} ${request.url}`);
    return listener(request, response);
  };
  const server: Server = tls ? createTlsServer(tls, answer) : createServer(answer);
  server.on('connection', (one: Socket) => {
    sockets.add(one);
    // Clients cut connections; that is what these tests are about.
    one.on('error', () => undefined);
    one.once('close', () => sockets.delete(one));
  });
  if (tls) server.listen(0, '127.0.0.1');
  else server.listen(socket);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    host: tls ? `tcp://127.0.0.1:${port}` : `unix://${socket}`,
    socket,
    requests,
    openSockets: () => sockets.size,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const one of sockets) one.destroy();
      await once(server, 'close');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
