import { readFile } from 'node:fs/promises';
import { Agent, type ClientRequest, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import { assertNever, EngineError, ioError } from '../errors.ts';
import type { EngineEndpoint, EngineTls } from './engineEndpoint.ts';
import { SshConnection } from './sshConnection.ts';

interface Encryption {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
}

/** Opens connections to one engine, however it is reached: one for each request, as its long answers need them. */
export class EngineAgent extends Agent {
  readonly #endpoint: EngineEndpoint;
  readonly #ssh: string;
  readonly #encryption: Encryption | undefined;

  private constructor(endpoint: EngineEndpoint, ssh: string, encryption: Encryption | undefined) {
    super();
    this.#endpoint = endpoint;
    this.#ssh = ssh;
    this.#encryption = encryption;
  }

  /** Reads the TLS files, if there are any. @throws `Io`, `Invalid` where they are not PEM */
  static async open(endpoint: EngineEndpoint, ssh = 'ssh'): Promise<EngineAgent> {
    const { address, tls = { verify: true } } = endpoint;
    const isEncrypted = address.kind === 'tcp' && address.tls;
    return new EngineAgent(endpoint, ssh, isEncrypted ? await readEncryption(tls) : undefined);
  }

  request(options: Pick<RequestOptions, 'method' | 'path' | 'headers'>): ClientRequest {
    // The agent connects where it knows to; a path keeps VS Code's proxies out of it.
    return request({ ...options, agent: this, socketPath: 'docker' });
  }

  override createConnection(): Duplex {
    const { address } = this.#endpoint;
    switch (address.kind) {
      case 'socket':
        return connect({ path: address.path });
      case 'ssh':
        return new SshConnection(address, this.#ssh);
      case 'tcp': {
        const { host, port } = address;
        return this.#encryption
          ? connectTls({ host, port, ...this.#encryption }).setKeepAlive(true)
          : connect({ host, port, keepAlive: true });
      }
      default:
        return assertNever(address);
    }
  }
}

async function readEncryption({ verify, ...files }: EngineTls): Promise<Encryption> {
  const [ca, cert, key] = await Promise.all([files.ca, files.cert, files.key].map(readPem));
  try {
    const secureContext = createSecureContext({
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
    });
    return { secureContext, rejectUnauthorized: verify };
  } catch (error) {
    throw new EngineError('Invalid', 'the TLS files of the Docker engine cannot be used', {}, error);
  }
}

async function readPem(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  return readFile(file).catch((error: unknown) => {
    throw ioError(error, `cannot read ${file}`);
  });
}
