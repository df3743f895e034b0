import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRegistryServer } from '../sampleRegistry/registryServer.ts';
import { RegistryStorage } from '../sampleRegistry/registryStorage.ts';
import { type FaultServer, type SeenRequest, startFaultServer } from './faultServer.ts';

/** Answers a request itself by returning true. */
export type Fault = (request: SeenRequest, response: ServerResponse) => boolean;

/** A whole registry that can be pushed to, behind a front that fails as told. */
export interface PushWorld extends AsyncDisposable {
  /** Where clients go. */
  readonly front: FaultServer;
  /** The registry itself, which never fails. */
  readonly host: string;
  fault: Fault;
  /** Headers of an answer on its way back, to be changed. */
  change: (request: SeenRequest, headers: Record<string, string>) => void;
}

export async function startPushWorld(): Promise<PushWorld> {
  const directory = await mkdtemp(path.join(tmpdir(), 'strata-push-world-'));
  const behind = createRegistryServer(new RegistryStorage(directory)).listen(0, '127.0.0.1');
  await once(behind, 'listening');
  const host = `127.0.0.1:${(behind.address() as AddressInfo).port}`;
  const world = { fault: (() => false) as Fault, change: (() => undefined) as PushWorld['change'] };
  const front = await startFaultServer(async (request, response) => {
    if (world.fault(request, response)) return;
    await forward(host, request, response, world.change);
  });
  return Object.assign(world, {
    front,
    host,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      behind.closeAllConnections();
      behind.close();
      await once(behind, 'close');
      await rm(directory, { recursive: true, force: true });
    },
  });
}

const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host'];

async function forward(
  host: string,
  { method, url, headers, body }: SeenRequest,
  response: ServerResponse,
  change: PushWorld['change'],
): Promise<void> {
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.includes(name));
  const answer = await fetch(`http://${host}${url}`, {
    method,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    ...(method !== 'GET' && method !== 'HEAD' && { body }),
    redirect: 'manual',
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const given = Object.fromEntries(
    [...answer.headers].filter(([name]) => !hopByHop.slice(0, 3).includes(name)),
  );
  change({ method, url, headers, body }, given);
  response.writeHead(answer.status, given).end(bytes);
}
