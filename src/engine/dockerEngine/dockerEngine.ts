import { EngineError, isEngineError } from '../errors.ts';
import type { Removal } from '../image.ts';
import { asArray, asObject, asSize, asString, type JsonObject, optional } from '../oci/json.ts';
import { formatPlatform, type Platform } from '../oci/platform.ts';
import {
  canonicalName,
  familiarReference,
  parseReference,
  type Reference,
  type TaggedReference,
  tagOrDigest,
} from '../oci/reference.ts';
import { EngineClient, type EngineClientOptions, type EngineRequest } from './engineClient.ts';
import {
  type EngineContainer,
  hasLostItsName,
  imageOfContainer,
  parseContainers,
} from './engineContainer.ts';
import { type EngineNews, followEvents, type RetryPace, readMessages } from './engineEvents.ts';
import { type EngineImage, imageId, parseImages } from './engineImage.ts';
import { type EngineProgress, parseProgress } from './engineProgress.ts';
import { type EngineStep, parseStep } from './engineStep.ts';
import type { EngineVersion } from './engineVersion.ts';
import { imagePath } from './imagePath.ts';

export interface DockerEngineOptions extends EngineClientOptions {
  /**
   * What the engine is told of the user at a registry (a host) that it is to pull from or push to, encoded as its API wants.
   * https://docs.docker.com/reference/api/engine/version/v1.47/#section/Authentication
   */
  readonly registryAuth: (registry: string, signal?: AbortSignal) => Promise<string>;
  /** Of tries to reach the event stream again. */
  readonly retryPace?: RetryPace;
}

export interface EnginePruned {
  readonly removals: readonly Removal[];
  /** Bytes; absent where the engine does not tell. */
  readonly reclaimed?: number;
}

/** Milliseconds that an engine may be silent while it writes, packs or removes large images. */
const patience = 10 * 60_000;

/**
 * A Docker or Podman engine. Making one connects to nothing. Every method rejects with an `EngineError`: `Offline`,
 * `TimedOut`, `Unsupported` (API), `RegistryError` (it fails, or answers with nonsense) beside what is said there.
 */
export class DockerEngine {
  readonly #client: EngineClient;
  readonly #options: DockerEngineOptions;

  constructor(options: DockerEngineOptions) {
    this.#client = new EngineClient(options);
    this.#options = options;
  }

  get endpoint(): EngineClientOptions['endpoint'] {
    return this.#client.endpoint;
  }

  version(signal?: AbortSignal): Promise<EngineVersion> {
    return this.#client.version(signal);
  }

  /** Newest first, as Docker lists them. */
  async images(signal?: AbortSignal): Promise<readonly EngineImage[]> {
    const rows = await this.#client.json({ method: 'GET', path: '/images/json' }, signal);
    return this.#client.read(() => parseImages(rows));
  }

  /** Running and stopped ones. */
  async containers(signal?: AbortSignal): Promise<readonly EngineContainer[]> {
    const query = { all: '1' };
    const rows = await this.#client.json({ method: 'GET', path: '/containers/json', query }, signal);
    const containers = this.#client.read(() => parseContainers(rows));
    return Promise.all(
      containers.map((container) => (hasLostItsName(container) ? this.#named(container, signal) : container)),
    );
  }

  /** The engine's own document about an image. @throws `NotFound`, `Invalid` */
  async inspect(name: string, signal?: AbortSignal): Promise<JsonObject> {
    const document = await this.#client.json({ method: 'GET', path: imagePath(name, 'json') }, signal);
    return this.#client.read(() => asObject(document, 'the image'));
  }

  /** The steps that made the image, the last first. @throws `NotFound`, `Invalid` */
  async history(name: string, signal?: AbortSignal): Promise<readonly EngineStep[]> {
    const rows = await this.#client.json({ method: 'GET', path: imagePath(name, 'history') }, signal);
    return this.#client.read(() => asArray(rows, 'the history').map(parseStep));
  }

  /** Gives an image one more name, taking it from the image that had it. @throws `NotFound`, `Invalid` */
  async tag(name: string, tag: TaggedReference, signal?: AbortSignal): Promise<void> {
    const query = { repo: canonicalName(tag), tag: tag.tag };
    await this.#done({ method: 'POST', path: imagePath(name, 'tag'), query }, signal);
  }

  /**
   * Docker's `image rm`: what it untagged and deleted, in order.
   * @throws `InUse` with the containers' names, `Conflict` (several tags name the ID; another image is built on it),
   *   `NotFound`, `Invalid`
   */
  async remove(
    name: string,
    { force = false }: { readonly force?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<readonly Removal[]> {
    const query = { force: force ? '1' : '0' };
    try {
      const request = { method: 'DELETE', path: imagePath(name), query, timeout: patience } as const;
      return this.#removals(await this.#client.json(request, signal));
    } catch (error) {
      throw isEngineError(error, 'Conflict') ? await this.#inUse(name, error, signal) : error;
    }
  }

  /** Removes the images without a tag, or all that no container uses. */
  async prune({ all = false }: { readonly all?: boolean } = {}, signal?: AbortSignal): Promise<EnginePruned> {
    // Podman refuses `dangling=false`: it adds `dangling=true` by itself.
    if (all && (await this.version(signal)).product.startsWith('Podman')) return this.#removeUnused(signal);
    const query = { filters: JSON.stringify({ dangling: [String(!all)] }) };
    const request = { method: 'POST', path: '/images/prune', query, timeout: patience } as const;
    const report = await this.#client.json(request, signal);
    return this.#client.read(() => {
      const { ImagesDeleted: rows, SpaceReclaimed: bytes } = asObject(report, 'the report');
      const reclaimed = optional(bytes, 'SpaceReclaimed', asSize) ?? 0;
      return { removals: removalsOf(rows ?? []), reclaimed };
    });
  }

  /** @throws `NotFound`, `Unauthorized`, `RegistryError` with the engine's own words */
  async *pull(
    reference: Reference,
    { platform }: { readonly platform?: Platform } = {},
    signal?: AbortSignal,
  ): AsyncGenerator<EngineProgress, void, undefined> {
    const query = {
      fromImage: canonicalName(reference),
      tag: tagOrDigest(reference),
      ...(platform && { platform: formatPlatform(platform) }),
    };
    const headers = await this.#authHeaders(reference, signal);
    yield* this.#progress({ method: 'POST', path: '/images/create', query, headers }, signal);
  }

  /** @throws `NotFound` (no such tag), `Unauthorized`, `RegistryError` with the engine's own words */
  async *push(
    reference: TaggedReference,
    signal?: AbortSignal,
  ): AsyncGenerator<EngineProgress, void, undefined> {
    const path = imagePath(canonicalName(reference), 'push');
    const headers = await this.#authHeaders(reference, signal);
    yield* this.#progress({ method: 'POST', path, query: { tag: reference.tag }, headers }, signal);
  }

  /** A tar of images: a docker-archive, an OCI layout, or both in one. @throws `NotFound`, `Invalid` */
  async *save(names: readonly string[], signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    // Podman would answer with 500 for what is not there.
    for (const name of names) await this.inspect(name, signal);
    const request = { method: 'GET', path: '/images/get', query: { names }, timeout: patience } as const;
    const answer = await this.#client.send(request, signal);
    yield* this.#client.bytes(answer);
  }

  /** Gives the engine the images of a docker-archive or, where it reads that, of an OCI layout. */
  load(
    archive: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): AsyncGenerator<EngineProgress, void, undefined> {
    const query = { quiet: '1' };
    return this.#progress({ method: 'POST', path: '/images/load', query, body: archive }, signal);
  }

  /** What changes, as it happens; connects again where it must. Ends with `Cancelled` alone. */
  events(signal?: AbortSignal): AsyncGenerator<EngineNews, never, undefined> {
    return followEvents(this.#client, this.#options.retryPace, signal);
  }

  /** One that Docker lists by its image's ID, with the name that it was made from. */
  async #named(container: EngineContainer, signal?: AbortSignal): Promise<EngineContainer> {
    const path = `/containers/${encodeURIComponent(container.id)}/json`;
    try {
      const document = await this.#client.json({ method: 'GET', path }, signal);
      const image = this.#client.read(() => imageOfContainer(document));
      return image === undefined ? container : { ...container, image };
    } catch (error) {
      // It went in between.
      if (isEngineError(error, 'NotFound')) return container;
      throw error;
    }
  }

  /** What keeps an image from going, where that is containers. */
  async #inUse(name: string, refusal: EngineError, signal?: AbortSignal): Promise<EngineError> {
    const { Id } = await this.inspect(name, signal);
    const id = this.#client.read(() => imageId(Id, 'Id'));
    const users = (await this.containers(signal)).filter((container) => container.imageId === id);
    if (users.length === 0) return refusal;
    const list = users.map((user) => `${user.name} (${user.status || user.state})`).join(', ');
    const facts = { engine: this.endpoint.name, reference: name, containers: users.map((user) => user.name) };
    const text = `${familiarName(name)} is used by ${users.length === 1 ? 'the container' : 'the containers'} ${list}`;
    return new EngineError('InUse', text, facts, refusal);
  }

  async #removeUnused(signal?: AbortSignal): Promise<EnginePruned> {
    const used = new Set((await this.containers(signal)).map((container) => container.imageId));
    const removals: Removal[] = [];
    for (const { id } of await this.images(signal)) {
      if (!used.has(id)) removals.push(...(await this.remove(id, { force: true }, signal)));
    }
    return { removals };
  }

  #removals(rows: unknown): readonly Removal[] {
    return this.#client.read(() => removalsOf(rows));
  }

  async #authHeaders({ registry }: Reference, signal?: AbortSignal): Promise<Record<string, string>> {
    return { 'X-Registry-Auth': await this.#options.registryAuth(registry, signal) };
  }

  async *#progress(
    request: Omit<EngineRequest, 'timeout'>,
    signal?: AbortSignal,
  ): AsyncGenerator<EngineProgress, void, undefined> {
    const { name } = this.endpoint;
    const answer = await this.#client.send({ ...request, timeout: patience }, signal);
    yield* readMessages(this.#client, answer, (message) => parseProgress(message, name));
  }

  /** For what is answered with nothing. */
  async #done(request: EngineRequest, signal?: AbortSignal): Promise<void> {
    const answer = await this.#client.send(request, signal);
    answer.resume();
  }
}

/** As a person writes it. */
function familiarName(name: string): string {
  const reference = /^(?:sha256:)?[0-9a-f]{1,64}$/.test(name) ? undefined : parseReference(name);
  return reference ? familiarReference(reference) : name;
}

function removalsOf(rows: unknown): readonly Removal[] {
  return asArray(rows, 'the removals').flatMap((row): readonly Removal[] => {
    const { Untagged, Deleted } = asObject(row, 'a removal');
    const untagged = optional(Untagged, 'Untagged', asString);
    const deleted = optional(Deleted, 'Deleted', asString);
    return [
      ...(untagged ? [{ kind: 'untagged', name: untagged } as const] : []),
      ...(deleted ? [{ kind: 'deleted', name: imageId(deleted, 'Deleted') } as const] : []),
    ];
  });
}
