import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isEngineError, throwIfCancelled } from '../errors.ts';
import { asObject, asString, type JsonObject, optional, parseJson } from '../oci/json.ts';
import { isRegistry } from '../oci/reference.ts';
import { askCredentialHelper } from './credentialHelper.ts';
import type { CredentialProvider, Credentials } from './credentials.ts';
import { isDockerHub } from './hosts.ts';

export interface DockerCredentialsOptions {
  /** The folder of `config.json`: `DOCKER_CONFIG`, else `~/.docker`. */
  readonly configDirectory: string;
  /** Told in one sentence, without secrets, what kept credentials from being read. */
  readonly onWarning?: (message: string) => void;
}

const dockerHubServer = 'https://index.docker.io/v1/';

/**
 * Credentials as Docker keeps them: `auths`, `credsStore` and `credHelpers` of `config.json`. The file is read anew each
 * time, since `docker login` may have changed it. What cannot be read is warned of and counts as absent.
 * https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export function dockerCredentials(options: DockerCredentialsOptions): CredentialProvider {
  const file = join(options.configDirectory, 'config.json');
  const warn = (message: string) => options.onWarning?.(message);
  return async (registry, signal) => {
    try {
      const config = await readConfig(file);
      return config && (await fromConfig(config, registry, signal));
    } catch (error) {
      throwIfCancelled(signal);
      warn(`cannot read the credentials for ${registry}: ${warningText(error, file)}`);
      return undefined;
    }
  };
}

/**
 * Hosts of the registries that Docker's `config.json` names, sorted; no helper is run. None where there is no such file.
 * @throws where the file cannot be read or is no JSON object
 */
export async function dockerConfigRegistries(configDirectory: string): Promise<readonly string[]> {
  const config = (await readDockerConfig(configDirectory)) ?? {};
  const keys = [config.auths, config.credHelpers].flatMap((value) =>
    Object.keys(optional(value, 'auths', asObject) ?? {}),
  );
  const hosts = keys.map(hostOf).map((host) => (namesOf('docker.io').includes(host) ? 'docker.io' : host));
  return [...new Set(hosts)].filter(isRegistry).sort();
}

/** Docker's `config.json`; `undefined` where there is none. @throws where it cannot be read or is no JSON object */
export function readDockerConfig(configDirectory: string): Promise<JsonObject | undefined> {
  return readConfig(join(configDirectory, 'config.json'));
}

/** The first provider that knows something wins. */
export function chainCredentials(...providers: readonly CredentialProvider[]): CredentialProvider {
  return async (registry, signal) => {
    for (const provider of providers) {
      const credentials = await provider(registry, signal);
      if (credentials !== undefined) return credentials;
    }
    return undefined;
  };
}

function warningText(error: unknown, file: string): string {
  if (isEngineError(error)) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  return `${file} cannot be opened${code === undefined ? '' : ` (${code})`}`;
}

async function readConfig(file: string): Promise<JsonObject | undefined> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined || bytes.toString().trim() === '') return undefined;
  return asObject(parseJson(bytes, file), file);
}

async function fromConfig(
  config: JsonObject,
  registry: string,
  signal?: AbortSignal,
): Promise<Credentials | undefined> {
  const helper = helperFor(config, registry);
  const helped = helper && (await askCredentialHelper(helper, serverName(registry), signal));
  if (helped) return helped;
  // As Docker: where a helper is named, `auths` holds nothing but empty entries.
  return fromAuths(config, registry);
}

function helperFor(config: JsonObject, registry: string): string | undefined {
  const helpers = optional(config.credHelpers, 'credHelpers', asObject) ?? {};
  for (const name of namesOf(registry)) {
    const helper = optional(helpers[name], `credHelpers.${name}`, asString);
    if (helper) return helper;
  }
  return optional(config.credsStore, 'credsStore', asString) || undefined;
}

/** What Docker calls the registry when it asks a helper. */
function serverName(registry: string): string {
  return isDockerHub(registry) ? dockerHubServer : registry;
}

function namesOf(registry: string): readonly string[] {
  return isDockerHub(registry)
    ? [dockerHubServer, 'index.docker.io', 'docker.io', 'registry-1.docker.io']
    : [registry];
}

function fromAuths(config: JsonObject, registry: string): Credentials | undefined {
  const auths = optional(config.auths, 'auths', asObject) ?? {};
  const names = namesOf(registry);
  for (const name of names) {
    const credentials = credentialsOf(auths[name], name);
    if (credentials) return credentials;
  }
  // Older entries have a scheme and a path: https://ghcr.io/v2/
  for (const [key, entry] of Object.entries(auths)) {
    const credentials = names.includes(hostOf(key)) ? credentialsOf(entry, key) : undefined;
    if (credentials) return credentials;
  }
  return undefined;
}

function hostOf(key: string): string {
  const [host = ''] = key.replace(/^https?:\/\//, '').split('/');
  return host;
}

function credentialsOf(entry: unknown, key: string): Credentials | undefined {
  const object = optional(entry, `auths.${key}`, asObject);
  if (!object) return undefined;
  const identityToken = optional(object.identitytoken, 'identitytoken', asString);
  if (identityToken) return { kind: 'identityToken', token: identityToken };
  const auth = optional(object.auth, 'auth', asString);
  if (auth) return decodedAuth(auth);
  const username = optional(object.username, 'username', asString);
  const password = optional(object.password, 'password', asString);
  if (!username || password === undefined) return undefined;
  return { kind: 'password', username, password };
}

/** Base64 of `user:password`; Docker strips the zero bytes that old versions padded with. */
function decodedAuth(auth: string): Credentials | undefined {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon <= 0) return undefined;
  const password = text.slice(colon + 1).replace(/^\0+|\0+$/g, '');
  return { kind: 'password', username: text.slice(0, colon), password };
}
