import { Readable } from 'node:stream';
import { EngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { ByteRange } from '../target.ts';
import { type BlobPart, openBlobStream, sizeError } from './blobStream.ts';
import { discardBody } from './body.ts';
import { parseContentRange } from './contentRange.ts';
import { parseUrl } from './hosts.ts';
import { askedBlob, blobPath, pullScopes, type RepositoryPlace } from './repositoryPlace.ts';
import type { Answer } from './transport.ts';

export interface BlobFetch {
  readonly range: ByteRange | undefined;
  /** Whether the stream hashes a whole blob itself. */
  readonly verify: boolean;
}

/** @throws `Invalid` where the range begins behind the blob's end */
export function rangeBounds(
  { size }: Descriptor,
  range: ByteRange | undefined,
): { from: number; to: number } {
  const from = range?.offset ?? 0;
  const to = Math.min(from + (range?.length ?? size), size);
  if (from >= 0 && from <= to && Number.isSafeInteger(from) && Number.isSafeInteger(to)) return { from, to };
  throw new EngineError('Invalid', `the range from ${from} is outside of the ${size} bytes`);
}

/** A blob's bytes, on over broken connections. @throws `NotFound`, … */
export async function fetchBlob(
  place: RepositoryPlace,
  descriptor: Descriptor,
  { range, verify }: BlobFetch,
  signal?: AbortSignal,
): Promise<Readable> {
  const { from, to } = rangeBounds(descriptor, range);
  // No header can ask for a range of nothing; a server would send everything.
  if (from === to && descriptor.size > 0) return Readable.from([], { objectMode: false });
  const source = new BlobSource(place, descriptor, to);
  return openBlobStream({
    descriptor,
    from,
    to,
    verify: verify && from === 0 && to === descriptor.size,
    open: (position, opening) => source.open(position, opening),
    idleTimeout: place.connection.idleTimeout,
    label: place.label,
    signal,
  });
}

export async function blobExists(
  place: RepositoryPlace,
  { digest }: Descriptor,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  const call = { method: 'HEAD', path: blobPath(place, digest), scopes, reference: place.label } as const;
  const answer = await place.connection.request(call, signal);
  discardBody(answer);
  if (answer.status === 200) return true;
  if (answer.status === 404) return false;
  throw await place.connection.failure(answer, askedBlob(place, digest), signal);
}

/** Asks for a blob, in the registry and then, where it is a foreign layer that the registry lacks, at its URLs. */
class BlobSource {
  readonly #place: RepositoryPlace;
  readonly #descriptor: Descriptor;
  readonly #to: number;
  readonly #foreign: readonly URL[];
  /** Place in `#foreign` of what is being read; the registry's own is -1. */
  #at = -1;
  #knowsRanges = true;

  constructor(place: RepositoryPlace, descriptor: Descriptor, to: number) {
    this.#place = place;
    this.#descriptor = descriptor;
    this.#to = to;
    this.#foreign = (descriptor.urls ?? []).flatMap((text) => webAddress(text) ?? []);
  }

  async open(position: number, signal?: AbortSignal): Promise<BlobPart> {
    for (; ; this.#at++) {
      const answer = await this.#ask(position, signal);
      if (answer.status === 404 && this.#at + 1 < this.#foreign.length) discardBody(answer);
      else return this.#part(answer, position, signal);
    }
  }

  #ask(position: number, signal?: AbortSignal): Promise<Answer> {
    const { connection, label } = this.#place;
    const headers = this.#rangeHeader(position);
    const foreign = this.#foreign[this.#at];
    if (foreign) return connection.requestElsewhere(foreign, headers, signal);
    const path = blobPath(this.#place, this.#descriptor.digest);
    const scopes = pullScopes(this.#place);
    return connection.request({ method: 'GET', path, headers, scopes, reference: label }, signal);
  }

  #rangeHeader(position: number): Readonly<Record<string, string>> {
    const isWhole = position === 0 && this.#to === this.#descriptor.size;
    if (isWhole || !this.#knowsRanges) return {};
    return { Range: `bytes=${position}-${this.#to - 1}` };
  }

  async #part(answer: Answer, position: number, signal?: AbortSignal): Promise<BlobPart> {
    if (answer.status === 200) return this.#whole(answer);
    if (answer.status === 206 && this.#isAsked(answer, position)) return { answer, start: position };
    if ((answer.status === 206 || answer.status === 416) && this.#knowsRanges) {
      // It does ranges, but wrongly: take the whole and leave out what is here already.
      this.#knowsRanges = false;
      discardBody(answer);
      return this.open(position, signal);
    }
    throw await this.#place.connection.failure(
      answer,
      askedBlob(this.#place, this.#descriptor.digest),
      signal,
    );
  }

  #whole(answer: Answer): BlobPart {
    const length = answer.headers.get('content-length');
    if (length === null || Number(length) === this.#descriptor.size) return { answer, start: 0 };
    answer.body.destroy();
    throw sizeError(this.#place.label, this.#descriptor, Number(length));
  }

  #isAsked({ headers }: Answer, position: number): boolean {
    const range = parseContentRange(headers.get('content-range'));
    if (!range) return false;
    const { first, last, total = this.#descriptor.size } = range;
    return first === position && last + 1 === this.#to && total === this.#descriptor.size;
  }
}

function webAddress(text: string): URL | undefined {
  const url = parseUrl(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  url.username = '';
  url.password = '';
  return url;
}
