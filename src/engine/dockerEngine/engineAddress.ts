import { EngineError } from '../errors.ts';

/** Where a Docker engine listens. */
export type EngineAddress =
  /** A Unix socket, or a named pipe of Windows. */
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: boolean }
  | SshAddress;

/** A machine where `docker system dial-stdio` reaches the engine. */
export interface SshAddress {
  readonly kind: 'ssh';
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** Of the engine, on that machine; otherwise the one that `docker` uses there. */
  readonly socket?: string;
}

export const defaultSocket = '/var/run/docker.sock';
export const defaultPipe = '//./pipe/docker_engine';

/** Registered for the engine's API: https://docs.docker.com/reference/cli/dockerd/#daemon-socket-option */
const plainPort = 2375;
const tlsPort = 2376;

/**
 * Reads what `DOCKER_HOST` and the contexts write: `unix://`, `npipe://`, `tcp://` and `ssh://`.
 * https://docs.docker.com/reference/cli/docker/#host
 * @param tls whether TLS has been asked for
 * @throws `Invalid` where it is none of these
 */
export function parseEngineAddress(text: string, tls: boolean): EngineAddress {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.*)$/s.exec(text) ?? [];
  switch (scheme) {
    case 'unix':
      return { kind: 'socket', path: rest || defaultSocket };
    case 'npipe':
      return { kind: 'socket', path: (rest || defaultPipe).replaceAll('/', '\\') };
    case 'tcp':
    case 'http':
      return tcpAddress(text, tls);
    case 'https':
      return tcpAddress(text, true);
    case 'ssh':
      return sshAddress(text);
    default:
      throw invalid(text, 'it begins with none of unix://, npipe://, tcp:// and ssh://');
  }
}

function tcpAddress(text: string, tls: boolean): EngineAddress {
  const { hostname, port, pathname, username, password } = urlOf(text);
  if (username || password) throw invalid(text, 'it holds a user name');
  if (hostname === '' || !['', '/'].includes(pathname)) throw invalid(text, 'write tcp://HOST:PORT');
  return { kind: 'tcp', host: bare(hostname), port: Number(port) || (tls ? tlsPort : plainPort), tls };
}

/** Nothing of it may pass for an option of `ssh`, or for a command of the other machine's shell. */
function sshAddress(text: string): SshAddress {
  const { hostname, port, pathname, username, password } = urlOf(text);
  if (password) throw invalid(text, 'passwords are not taken from an address');
  const host = bare(hostname);
  const user = decodeURIComponent(username);
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/.test(host)) throw invalid(text, 'its host is none');
  if (!/^(?:[A-Za-z0-9_][A-Za-z0-9_.@+-]*)?$/.test(user)) throw invalid(text, 'its user name is none');
  if (!/^(?:\/[A-Za-z0-9_./-]*)?$/.test(pathname)) throw invalid(text, 'its path is not that of a socket');
  return {
    kind: 'ssh',
    host,
    ...(user && { user }),
    ...(port && { port: Number(port) }),
    ...(pathname.length > 1 && { socket: pathname }),
  };
}

/** Read as http, whose rules for host and port are the ones that Docker has for all of them. */
function urlOf(text: string): URL {
  const url = text.replace(/^[a-z]+:/, 'docker:');
  if (!URL.canParse(url)) throw invalid(text, 'it is no URL');
  return new URL(url);
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** A password may stand in it, so the text is not shown. */
function invalid(text: string, why: string): EngineError {
  const shown = text.includes('@') ? '' : ` ${JSON.stringify(text.slice(0, 200))}`;
  return new EngineError('Invalid', `the address${shown} is no Docker engine's: ${why}`);
}
