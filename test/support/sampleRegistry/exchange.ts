import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Digest, isDigest } from '../../../src/engine/oci/digest.ts';
import { RegistryError } from './registryError.ts';
import type { RegistryStorage } from './registryStorage.ts';

/** One request on its way to an answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly storage: RegistryStorage;
  readonly url: URL;
  /** What the route's pattern captured: `name`, `digest`, `reference`, `session`. */
  readonly parts: Readonly<Record<string, string>>;
}

export type Handler = (exchange: Exchange) => Promise<void>;

const repositoryPattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** @throws NAME_INVALID */
export function repositoryOf({ parts }: Exchange): string {
  const name = parts.name ?? '';
  if (!isRepositoryName(name)) throw new RegistryError(400, 'NAME_INVALID', 'invalid repository name');
  return name;
}

export function isRepositoryName(name: string): boolean {
  return name.length <= 255 && repositoryPattern.test(name);
}

/** @throws DIGEST_INVALID */
export function asDigest(text: string | null | undefined): Digest {
  if (text == null || !isDigest(text)) {
    throw new RegistryError(400, 'DIGEST_INVALID', 'the digest is missing or not one of sha256 or sha512');
  }
  return text;
}

export function answer(
  { request, response }: Exchange,
  status: number,
  headers: Record<string, string | number> = {},
  body: string | Uint8Array = '',
): void {
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function answerJson(
  exchange: Exchange,
  value: unknown,
  headers: Record<string, string> = {},
  type = 'application/json',
): void {
  answer(exchange, 200, { 'Content-Type': type, ...headers }, JSON.stringify(value));
}
