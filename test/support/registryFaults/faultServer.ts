import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from './certificate.ts';

export interface SeenRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type FaultHandler = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** An HTTP server on 127.0.0.1 that does what a test tells it, and remembers what it was asked. */
export interface FaultServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
  openSockets(): number;
  /** Resolves once no client holds a connection; rejects after two seconds. */
  allClosed(): Promise<void>;
}

export async function startFaultServer(
  handler: FaultHandler,
  { certificate }: { certificate?: Certificate } = {},
): Promise<FaultServer> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    void answer(request, response, requests, handler);
  };
  const server: Server = certificate ? createTlsServer(certificate, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    // Clients cut connections; that is what these tests are about.
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const host = `127.0.0.1:${address.port}`;
  return {
    host,
    origin: `${certificate ? 'https' : 'http'}://${host}`,
    requests,
    openSockets: () => sockets.size,
    allClosed: () => allClosed(sockets),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  requests: SeenRequest[],
  handler: FaultHandler,
): Promise<void> {
  const { method = '', url = '', headers } = request;
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    // The client broke off: a request that never was.
    return;
  }
  const seen = { method, url, headers, body: Buffer.concat(chunks) };
  requests.push(seen);
  await handler(seen, response);
}

async function allClosed(sockets: ReadonlySet<Socket>): Promise<void> {
  for (const end = Date.now() + 2_000; sockets.size > 0; await sleep(10)) {
    if (Date.now() > end) throw new Error(`${sockets.size} connections are still open`);
  }
}

export function reply(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  body: string | Uint8Array = '',
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string | string[]);
  response.statusCode = status;
  response.end(body);
}

export function replyJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply(response, status, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(value));
}

/** A registry's error body. */
export function replyError(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  replyJson(response, status, { errors: [{ code, message: code.toLowerCase() }] }, headers);
}
