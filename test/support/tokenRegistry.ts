import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type FaultServer,
  replyError,
  replyJson,
  type SeenRequest,
  startFaultServer,
} from './registryFaults/faultServer.ts';

export interface TokenRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** The token server, at another port, with what it was asked. */
  readonly realm: FaultServer;
  /** Values of `Authorization` that the registry itself was sent. */
  readonly authorizations: readonly string[];
}

/**
 * Puts a door before a running registry: nothing without a token of the token server, which gives one for each set of
 * scopes to whoever brings the account.
 * @param account `Basic …`
 */
export async function startTokenRegistry(origin: string, account: string): Promise<TokenRegistry> {
  const authorizations: string[] = [];
  const realm = await startFaultServer((request, response) => giveToken(request, response, account));
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) authorizations.push(authorization);
    if (allows(authorization, scopeOf(request))) return passOn(origin, request, response);
    const challenge = `Bearer realm="${realm.origin}/token",service="test",scope="${scopeOf(request)}"`;
    request.resume();
    return replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': challenge });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    realm,
    authorizations,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await realm[Symbol.asyncDispose]();
    },
  };
}

function giveToken({ url, headers }: SeenRequest, response: ServerResponse, account: string): void {
  if (headers.authorization !== account) {
    replyError(response, 401, 'UNAUTHORIZED');
    return;
  }
  const scopes = new URL(url, 'http://realm.invalid').searchParams.getAll('scope');
  replyJson(response, 200, { token: Buffer.from(scopes.join(' ')).toString('base64url') });
}

/** What a request needs: reading a repository, or changing it. */
function scopeOf({ method, url = '' }: IncomingMessage): string {
  const repository = /^\/v2\/(.+?)\/(?:manifests|blobs|tags|referrers)\//.exec(url)?.[1];
  if (repository === undefined) return '';
  return `repository:${repository}:${method === 'GET' || method === 'HEAD' ? 'pull' : 'pull,push'}`;
}

function allows(authorization: string | undefined, scope: string): boolean {
  if (!authorization?.startsWith('Bearer ')) return false;
  const granted = Buffer.from(authorization.slice('Bearer '.length), 'base64url').toString().split(' ');
  return scope === '' || granted.includes(scope) || granted.includes(scope.replace(/pull$/, 'pull,push'));
}

function passOn(origin: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', origin);
  const onward = send(url, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.once('error', () => response.destroy());
  request.pipe(onward);
}
