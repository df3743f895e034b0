import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mediaType } from '../../src/engine/oci/mediaType.ts';

/** A registry on loopback that gives the image of a layout's files under every name, whatever is wrong with it. */
export async function serveLayout(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<AsyncDisposable & { readonly host: string }> {
  const index = JSON.parse(Buffer.from(files.get('index.json') ?? []).toString());
  const { digest } = index.manifests[0] as { digest: string };
  const server = createServer(({ url = '' }, response) => {
    const isManifest = url.includes('/manifests/');
    const name = isManifest ? digest : (/\/blobs\/(.+)$/.exec(url)?.[1] ?? '');
    const bytes = files.get(`blobs/${name.replace(':', '/')}`);
    const type = isManifest ? mediaType.ociManifest : 'application/octet-stream';
    response.writeHead(url === '/v2/' || bytes ? 200 : 404, {
      'content-type': type,
      ...(isManifest && { 'docker-content-digest': digest }),
    });
    response.end(bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
