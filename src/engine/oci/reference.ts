import { EngineError, isEngineError } from '../errors.ts';
import { type Digest, parseDigest } from './digest.ts';

/**
 * A name for an image, normalised as Docker normalises it: a host, a path within it, and a tag or a digest or both.
 * https://github.com/distribution/reference/blob/v0.6.0/reference.go
 */
export interface Reference {
  /** Host with its port if any; `docker.io` for Docker Hub. */
  readonly registry: string;
  /** Path within the registry: `library/alpine`. */
  readonly repository: string;
  /** Absent only where a digest stands alone. */
  readonly tag?: string;
  readonly digest?: Digest;
}

export type TaggedReference = Reference & { readonly tag: string };

const dockerHub = 'docker.io';
const officialPrefix = 'library/';
/** Of the path; the host does not count. */
const maxNameLength = 255;

const pathComponent = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const tagPattern = '[\\w][\\w.-]{0,127}';
const digestPattern = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const referencePattern = new RegExp(
  `^(?<registry>${domain})/(?<repository>${pathComponent}(?:/${pathComponent})*)` +
    `(?::(?<tag>${tagPattern}))?(?:@(?<digest>${digestPattern}))?$`,
);
const tagOnly = new RegExp(`^${tagPattern}$`);
const registryOnly = new RegExp(`^${domain}$`);

/**
 * Reads a reference as Docker's commands do; without tag and digest the tag is `latest`.
 * @throws `Invalid`, in Docker's words
 */
export function parseReference(text: string): Reference {
  const reference = parseName(text);
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: 'latest' }
    : reference;
}

/** As {@link parseReference}, without the default tag: for `pull -a` and for telling what a user wrote. */
export function parseName(text: string): Reference {
  if (/^[a-f0-9]{64}$/.test(text)) {
    throw invalid(text, `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  }
  const [registry, remainder] = splitRegistry(text);
  const colon = remainder.indexOf(':');
  const path = colon < 0 ? remainder : remainder.slice(0, colon);
  if (path.toLowerCase() !== path) {
    throw invalid(text, 'invalid reference format: repository name must be lowercase');
  }
  const groups = referencePattern.exec(`${registry}/${remainder}`)?.groups;
  if (!groups) throw invalid(text, 'invalid reference format');
  const { repository = '', tag, digest } = groups;
  if (repository.length > maxNameLength) {
    throw invalid(text, `repository name must not be more than ${maxNameLength} characters`);
  }
  return {
    registry,
    repository,
    ...(tag && { tag }),
    ...(digest && { digest: referenceDigest(text, digest) }),
  };
}

/** The first component is a host only where it looks like one: with a dot or a colon, `localhost`, or upper case. */
function splitRegistry(text: string): [registry: string, remainder: string] {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first;
  const registry = isHost ? (first === 'index.docker.io' ? dockerHub : first) : dockerHub;
  const remainder = isHost ? text.slice(slash + 1) : text;
  const isOfficialName = registry === dockerHub && !remainder.includes('/');
  return [registry, isOfficialName ? officialPrefix + remainder : remainder];
}

function referenceDigest(text: string, digest: string): Digest {
  try {
    return parseDigest(digest);
  } catch (error) {
    throw invalid(text, 'invalid reference format', error);
  }
}

function invalid(text: string, message: string, cause?: unknown): EngineError {
  return new EngineError('Invalid', message, { reference: text }, cause);
}

/** `docker.io/library/alpine` */
export function canonicalName({ registry, repository }: Reference): string {
  return `${registry}/${repository}`;
}

/** `docker.io/library/alpine:latest` */
export function canonicalReference(reference: Reference): string {
  return canonicalName(reference) + suffix(reference);
}

/** `alpine`: the shortest name that parses back to the same. */
export function familiarName({ registry, repository }: Reference): string {
  if (registry !== dockerHub) return `${registry}/${repository}`;
  const short = repository.startsWith(officialPrefix) ? repository.slice(officialPrefix.length) : repository;
  return short.includes('/') ? repository : short;
}

/** `alpine:latest` */
export function familiarReference(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}

/** Docker's curated images: everything in Docker Hub's `library/`. */
export function isOfficial({ registry, repository }: Reference): boolean {
  return registry === dockerHub && repository.startsWith(officialPrefix);
}

/** What a registry is asked for: the digest where there is one, since it is exact, else the tag. */
export function tagOrDigest(reference: Reference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}

export function withTag({ registry, repository }: Reference, tag: string): TaggedReference {
  if (!tagOnly.test(tag)) throw invalid(tag, `invalid tag ${JSON.stringify(tag)}`);
  return { registry, repository, tag };
}

/** The same repository by digest alone. */
export function withDigest(
  { registry, repository }: Reference,
  digest: Digest,
): Reference & { digest: Digest } {
  return { registry, repository, digest };
}

export function isTag(text: string): boolean {
  return tagOnly.test(text);
}

/** `docker.io`, `localhost:5000`, `[::1]:5000` */
export function isRegistry(text: string): boolean {
  return registryOnly.test(text);
}

/** The canonical form of a text that is a reference; `undefined` for any other text. */
export function canonicalOrUndefined(name: string): string | undefined {
  try {
    return canonicalReference(parseReference(name));
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return undefined;
    throw error;
  }
}
