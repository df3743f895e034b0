import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface ConnectProxy extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `HOST:PORT` of every tunnel asked for. */
  readonly asked: readonly string[];
}

/**
 * An HTTP proxy on loopback that leads the tunnels to the hosts it knows (`HOST[:PORT]`) to a port of this machine, and
 * refuses others.
 */
export async function startConnectProxy(hosts: readonly string[], port: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client, head) => {
    const target = request.url ?? '';
    asked.push(target);
    if (!hosts.some((host) => target === (host.includes(':') ? host : `${host}:443`))) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // One end that breaks off ends the other.
      socket.on('error', () => [client, upstream].map((end) => end.destroy()));
      socket.on('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await closed;
    },
  };
}
