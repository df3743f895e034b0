import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A line to a server that can be cut: a real connection that breaks at an exact byte. */
export interface CuttingProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Bytes that clients have sent since the last {@link restore} or {@link cutAfter}. */
  readonly sent: number;
  /** Cuts every connection once clients have sent so many bytes more; with `dead` new ones are refused. */
  cutAfter(bytes: number, options?: { readonly dead?: boolean }): void;
  /** Passes on nothing more once clients have sent so many bytes, connections open; resolves when it is so far. */
  stallAfter(bytes: number): Promise<void>;
  /** Lets everything through again. */
  restore(): Promise<void>;
}

const open = {
  limit: Number.POSITIVE_INFINITY,
  staysDead: false,
  stall: Number.POSITIVE_INFINITY,
  stalled: (): void => undefined,
};

/** @param target `127.0.0.1:PORT` of the server behind */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const port = Number(target.split(':')[1]);
  const sockets = new Set<Socket>();
  const state = { ...open, sent: 0 };

  const cut = (): void => {
    state.limit = Number.POSITIVE_INFINITY;
    if (state.staysDead) listener.close();
    for (const socket of sockets) socket.destroy();
  };
  const forward = (chunk: Buffer, server: Socket): void => {
    const allowed = state.limit - state.sent;
    state.sent += chunk.length;
    if (state.sent > state.stall) {
      state.stalled();
      return;
    }
    if (chunk.length < allowed) {
      server.write(chunk);
      return;
    }
    // What arrived before the cut has arrived.
    server.write(chunk.subarray(0, allowed), () => setTimeout(cut, 2));
    state.limit = 0;
  };
  const listener = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
    client.on('data', (chunk) => forward(chunk, server));
    server.on('data', (chunk) => client.write(chunk));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');

  return {
    host: `127.0.0.1:${address.port}`,
    get sent() {
      return state.sent;
    },
    cutAfter(bytes, { dead = false } = {}) {
      Object.assign(state, { sent: 0, limit: bytes, staysDead: dead });
    },
    stallAfter(bytes) {
      return new Promise((resolve) =>
        Object.assign(state, { ...open, sent: 0, stall: bytes, stalled: resolve }),
      );
    },
    async restore() {
      Object.assign(state, { ...open, sent: 0 });
      if (listener.listening) return;
      listener.listen(address.port, '127.0.0.1');
      await once(listener, 'listening');
    },
    async [Symbol.asyncDispose]() {
      if (!listener.listening) return;
      listener.close();
      for (const socket of sockets) socket.destroy();
      await once(listener, 'close');
    },
  };
}
