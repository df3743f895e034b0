import type { ServerResponse } from 'node:http';
import { type FaultServer, type SeenRequest, startFaultServer } from './registryFaults/faultServer.ts';
import type { SampleRegistry } from './sampleRegistry/start.ts';

/** The sample registry by way of a line that is quick with everything but whole layers: of those it gives a part and no more. */
export interface SlowRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly server: FaultServer;
  /** Layers that somebody waits for. */
  readonly held: ReadonlySet<string>;
  /** From now on it is quick with layers too. */
  hurry(): void;
}

/** Bytes, where a layer has twice as many. */
const given = 100;
const jsonBegins = '{'.charCodeAt(0);

export async function startSlowRegistry(registry: SampleRegistry): Promise<SlowRegistry> {
  const held = new Set<string>();
  let isSlow = true;
  const server = await startFaultServer(async (request, response) => {
    const { status, headers, body } = await pass(registry.url, request);
    const isLayer =
      request.url.includes('/blobs/') && request.headers.range === undefined && body[0] !== jsonBegins;
    response.writeHead(status, headers);
    if (isSlow && isLayer) hold(request, response, body);
    else response.end(body);
  });
  const hold = ({ url }: SeenRequest, response: ServerResponse, body: Buffer) => {
    held.add(url);
    response.once('close', () => held.delete(url));
    response.write(body.subarray(0, Math.min(given, body.length / 2)));
  };
  return {
    host: server.host,
    server,
    held,
    hurry: () => {
      isSlow = false;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** What a registry itself answers. */
export async function pass(to: string, { method, url, headers }: SeenRequest) {
  const { accept = '*/*', range } = headers;
  const answer = await fetch(`${to}${url}`, { method, headers: { accept, ...(range && { range }) } });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: Buffer.from(await answer.arrayBuffer()),
  };
}
