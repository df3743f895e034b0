import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { deleteBlob, getBlob } from './blobRoutes.ts';
import { answerJson, type Exchange, type Handler } from './exchange.ts';
import { listReferrers, listRepositories, listTags } from './listRoutes.ts';
import { deleteManifest, getManifest, putManifest } from './manifestRoutes.ts';
import { RegistryError } from './registryError.ts';
import type { RegistryStorage } from './registryStorage.ts';
import { pingV1, searchV1, searchV4 } from './searchRoutes.ts';
import { deleteUpload, getUpload, patchUpload, putUpload, startUpload } from './uploadRoutes.ts';

type Methods = Readonly<Record<string, Handler>>;

const routes: readonly (readonly [pattern: RegExp, methods: Methods])[] = [
  [/^\/v1\/_ping$/, reading(pingV1)],
  [/^\/v1\/search$/, reading(searchV1)],
  [/^\/api\/search\/v4$/, reading(searchV4)],
  [/^\/v2\/?$/, reading(async (exchange) => answerJson(exchange, {}))],
  [/^\/v2\/_catalog$/, reading(listRepositories)],
  [/^\/v2\/(?<name>.+)\/tags\/list$/, reading(listTags)],
  [/^\/v2\/(?<name>.+)\/referrers\/(?<digest>[^/]+)$/, reading(listReferrers)],
  [/^\/v2\/(?<name>.+)\/blobs\/uploads\/?$/, { POST: startUpload }],
  [
    /^\/v2\/(?<name>.+)\/blobs\/uploads\/(?<session>[^/]+)$/,
    { GET: getUpload, PATCH: patchUpload, PUT: putUpload, DELETE: deleteUpload },
  ],
  [/^\/v2\/(?<name>.+)\/blobs\/(?<digest>[^/]+)$/, { ...reading(getBlob), DELETE: deleteBlob }],
  [
    /^\/v2\/(?<name>.+)\/manifests\/(?<reference>[^/]+)$/,
    { ...reading(getManifest), PUT: putManifest, DELETE: deleteManifest },
  ],
];

function reading(handler: Handler): Methods {
  return { GET: handler, HEAD: handler };
}

/** A registry over HTTP: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#endpoints */
export function createRegistryServer(storage: RegistryStorage): Server {
  return createServer((request, response) => {
    handle(storage, request, response).catch((error: unknown) => fail(request, response, error));
  });
}

async function handle(storage: RegistryStorage, request: IncomingMessage, response: ServerResponse) {
  response.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
  const url = new URL(request.url ?? '/', 'http://registry.invalid');
  const path = decodePath(url.pathname);
  for (const [pattern, methods] of routes) {
    const match = pattern.exec(path);
    if (match) return await dispatch({ request, response, storage, url, parts: match.groups ?? {} }, methods);
  }
  throw new RegistryError(404, 'UNSUPPORTED', 'there is nothing at this address');
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch (error) {
    if (error instanceof URIError) throw new RegistryError(400, 'NAME_INVALID', 'malformed address');
    throw error;
  }
}

async function dispatch(exchange: Exchange, methods: Methods): Promise<void> {
  const handler = methods[exchange.request.method ?? ''];
  if (handler) return await handler(exchange);
  const headers = { Allow: Object.keys(methods).join(', ') };
  throw new RegistryError(405, 'UNSUPPORTED', 'this method is not supported here', headers);
}

function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, headers, body } =
    error instanceof RegistryError ? error : new RegistryError(500, 'UNKNOWN', String(error));
  request.resume();
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
