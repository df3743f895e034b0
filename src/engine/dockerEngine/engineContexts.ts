import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tooLarge } from '../byteLimit.ts';
import { EngineError, ioError } from '../errors.ts';
import { asObject, asString, type JsonObject, optional, parseJson } from '../oci/json.ts';
import { parseEngineAddress } from './engineAddress.ts';
import type { EngineEndpoint, EngineTlsFiles } from './engineEndpoint.ts';

/** A context that is on the disk, read or not. */
export type EngineContext =
  | { readonly name: string; readonly endpoint: EngineEndpoint }
  | { readonly name: string; readonly problem: unknown };

/** More than anybody has; the folder is somebody else's. */
const maxContexts = 1000;
const maxBytes = 1024 * 1024;

/**
 * The contexts of a Docker configuration, by name: `contexts/meta/SHA256/meta.json`, TLS files beside them.
 * https://docs.docker.com/engine/manage-resources/contexts/
 * @throws `Io` where the folder cannot be read; a single context that cannot be has a `problem`
 */
export async function readEngineContexts(configDirectory: string): Promise<readonly EngineContext[]> {
  const meta = join(configDirectory, 'contexts', 'meta');
  const folders = (await namesIn(meta)).filter((name) => /^[0-9a-f]{64}$/.test(name)).slice(0, maxContexts);
  const contexts = await Promise.all(folders.map((id) => readContext(configDirectory, id)));
  return contexts.filter((context) => context !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws `NotFound`, or why it cannot be read */
export async function engineContext(configDirectory: string, name: string): Promise<EngineEndpoint> {
  const id = createHash('sha256').update(name).digest('hex');
  const context = await readContext(configDirectory, id);
  if (!context) {
    throw new EngineError('NotFound', `there is no Docker context ${JSON.stringify(name)}`, {
      reference: name,
    });
  }
  if ('problem' in context) throw context.problem;
  return context.endpoint;
}

/** The context that `docker context use` chose. @throws `Corrupt`, `Io` */
export async function currentContext(configDirectory: string): Promise<string | undefined> {
  const file = join(configDirectory, 'config.json');
  const bytes = await readIfThere(file);
  if (bytes === undefined || bytes.toString().trim() === '') return undefined;
  return (
    optional(asObject(parseJson(bytes, file), file).currentContext, 'currentContext', asString) || undefined
  );
}

async function readContext(configDirectory: string, id: string): Promise<EngineContext | undefined> {
  const file = join(configDirectory, 'contexts', 'meta', id, 'meta.json');
  let name = id.slice(0, 12);
  try {
    const bytes = await readIfThere(file);
    if (bytes === undefined) return undefined;
    const meta = asObject(parseJson(bytes, file), file);
    name = asString(meta.Name, `${file}: Name`);
    const docker = dockerEndpoint(meta, file);
    return docker && { name, endpoint: await endpointOf(configDirectory, id, name, docker) };
  } catch (problem) {
    return { name, problem };
  }
}

/** Absent in a context of Kubernetes alone. */
function dockerEndpoint(meta: JsonObject, file: string): JsonObject | undefined {
  const endpoints = optional(meta.Endpoints, `${file}: Endpoints`, asObject);
  return optional(endpoints?.docker, `${file}: Endpoints.docker`, asObject);
}

async function endpointOf(
  configDirectory: string,
  id: string,
  name: string,
  docker: JsonObject,
): Promise<EngineEndpoint> {
  const host = asString(docker.Host, `the context ${name}: Host`);
  const files = await tlsFiles(join(configDirectory, 'contexts', 'tls', id, 'docker'));
  const skipsVerifying = docker.SkipTLSVerify === true;
  const tls = Object.keys(files).length > 0 || skipsVerifying;
  return {
    name,
    host,
    address: parseEngineAddress(host, tls),
    ...(tls && { tls: { ...files, verify: !skipsVerifying } }),
  };
}

/** `ca.pem`, `cert.pem` and `key.pem` of a folder, as far as they are there. */
export async function tlsFiles(folder: string): Promise<EngineTlsFiles> {
  const names = new Set(await namesIn(folder));
  return {
    ...(names.has('ca.pem') && { ca: join(folder, 'ca.pem') }),
    ...(names.has('cert.pem') && { cert: join(folder, 'cert.pem') }),
    ...(names.has('key.pem') && { key: join(folder, 'key.pem') }),
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw ioError(error, `cannot read ${folder}`);
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    const bytes = await readFile(file);
    if (bytes.length <= maxBytes) return bytes;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw ioError(error, `cannot read ${file}`);
  }
  throw tooLarge(file, maxBytes);
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}
