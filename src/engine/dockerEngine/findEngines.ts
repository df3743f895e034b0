import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPipe, defaultSocket, parseEngineAddress } from './engineAddress.ts';
import {
  currentContext,
  type EngineContext,
  engineContext,
  readEngineContexts,
  tlsFiles,
} from './engineContexts.ts';
import type { EngineEndpoint, KnownEngine } from './engineEndpoint.ts';

/** What says where the Docker engines are. */
export interface EngineSources {
  /** `DOCKER_HOST`, `DOCKER_CONTEXT`, `DOCKER_TLS`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`, `XDG_RUNTIME_DIR` */
  readonly environment: NodeJS.ProcessEnv;
  /** `DOCKER_CONFIG`, else `~/.docker` */
  readonly configDirectory: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Only this machine's own sockets: no variables, contexts, TLS or `ssh`. For a workspace that nobody trusts. */
  readonly onlyLocal?: boolean;
}

export const defaultName = 'default';

/**
 * The engine that `docker` would use: `DOCKER_HOST`, else the context that `DOCKER_CONTEXT` or `docker context use`
 * names, else this machine's own; where that has no socket, a rootless one's or Podman's.
 * https://docs.docker.com/engine/manage-resources/contexts/#use-a-different-context
 * @throws `NotFound` (no such context), `Invalid`, `Corrupt`, `Io`
 */
export async function currentEngine(sources: EngineSources): Promise<EngineEndpoint> {
  const name = await currentName(sources);
  return name === defaultName ? defaultEngine(sources) : engineContext(sources.configDirectory, name);
}

/** The engine with that name. @throws `NotFound`, `Invalid`, `Corrupt`, `Io` */
export async function engineNamed(sources: EngineSources, name: string): Promise<EngineEndpoint> {
  const known = (await knownEngines(sources)).find((engine) => engine.name === name);
  if (!known) return engineContext(sources.configDirectory, name);
  if ('problem' in known) throw known.problem;
  return known.endpoint;
}

/**
 * Every engine that this machine's user has: the default one, the contexts, and the sockets of rootless Docker and Podman
 * that are there. None of them is asked anything. The default one is left out where nothing shows that there is one.
 */
export async function knownEngines(sources: EngineSources): Promise<readonly KnownEngine[]> {
  const current = await currentName(sources).catch(() => defaultName);
  const contexts = sources.onlyLocal ? [] : await readEngineContexts(sources.configDirectory);
  const engines = new Map<string, KnownEngine>();
  const add = (engine: EngineContext): void => {
    if (engines.has(engine.name)) return;
    engines.set(engine.name, { ...engine, isCurrent: engine.name === current });
  };
  if (sources.environment.DOCKER_HOST && !sources.onlyLocal) add(await attempt(defaultName, sources));
  const sockets = await localSockets(sources);
  const known = contexts.map((context) => ('endpoint' in context ? context.endpoint.host : ''));
  for (const socket of sockets)
    if (!known.includes(socket.host)) add({ name: socket.name, endpoint: socket });
  for (const context of contexts) add(context);
  return [...engines.values()];
}

async function attempt(name: string, sources: EngineSources): Promise<EngineContext> {
  try {
    return { name, endpoint: await defaultEngine(sources) };
  } catch (problem) {
    return { name, problem };
  }
}

async function currentName({ environment, configDirectory, onlyLocal }: EngineSources): Promise<string> {
  if (onlyLocal || environment.DOCKER_HOST) return defaultName;
  return environment.DOCKER_CONTEXT || (await currentContext(configDirectory)) || defaultName;
}

async function defaultEngine(sources: EngineSources): Promise<EngineEndpoint> {
  const { DOCKER_HOST: host } = sources.environment;
  if (host && !sources.onlyLocal) return environmentEngine(host, sources);
  const [first] = await localSockets(sources);
  return { ...(first ?? ownSocket(sources)), name: defaultName };
}

/** https://docs.docker.com/reference/cli/docker/#environment-variables */
async function environmentEngine(host: string, sources: EngineSources): Promise<EngineEndpoint> {
  const { environment, configDirectory } = sources;
  const verify = Boolean(environment.DOCKER_TLS_VERIFY);
  const tls = verify || Boolean(environment.DOCKER_TLS);
  const address = parseEngineAddress(host, tls);
  if (address.kind !== 'tcp' || !address.tls) return { name: defaultName, host, address };
  const files = await tlsFiles(environment.DOCKER_CERT_PATH || configDirectory);
  return { name: defaultName, host, address, tls: { ...files, verify: verify || !tls } };
}

/** Sockets that are there, the one that `docker` itself would use first. */
async function localSockets(sources: EngineSources): Promise<readonly EngineEndpoint[]> {
  // A pipe's presence shows only when it is opened.
  if (sources.platform === 'win32') return [ownSocket(sources)];
  const there: EngineEndpoint[] = [];
  for (const { name, path } of socketPaths(sources)) {
    if (there.some((other) => other.name === name) || !(await isSocket(path))) continue;
    there.push({ name, host: `unix://${path}`, address: { kind: 'socket', path } });
  }
  return there;
}

function ownSocket({ platform }: EngineSources): EngineEndpoint {
  const host = platform === 'win32' ? `npipe://${defaultPipe}` : `unix://${defaultSocket}`;
  return { name: defaultName, host, address: parseEngineAddress(host, false) };
}

/** https://docs.docker.com/engine/security/rootless/ and podman-system-service(1) */
function socketPaths({ environment, home }: EngineSources) {
  const runtime = environment.XDG_RUNTIME_DIR;
  return [
    { name: defaultName, path: defaultSocket },
    ...(runtime ? [{ name: 'rootless', path: join(runtime, 'docker.sock') }] : []),
    { name: 'desktop', path: join(home, '.docker', 'run', 'docker.sock') },
    { name: 'desktop', path: join(home, '.docker', 'desktop', 'docker.sock') },
    ...(runtime ? [{ name: 'podman', path: join(runtime, 'podman', 'podman.sock') }] : []),
    { name: 'podman-root', path: '/run/podman/podman.sock' },
  ];
}

async function isSocket(path: string): Promise<boolean> {
  // One that cannot be looked at cannot be used either.
  return stat(path).then(
    (found) => found.isSocket(),
    () => false,
  );
}
