import type { Digest } from '../engine/oci/digest.ts';
import { canonicalReference, type Reference } from '../engine/oci/reference.ts';

/** Requests under way at once: enough to hide the way to a registry, few enough not to annoy it. */
const maxRequests = 8;

/** What tags name now, each asked for once in a run. */
export class DigestLookup {
  readonly #resolve: (reference: Reference) => Promise<Digest>;
  readonly #answers = new Map<string, Promise<Digest>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(resolve: (reference: Reference) => Promise<Digest>) {
    this.#resolve = resolve;
  }

  /** The digest that the reference's tag has now, whatever digest stands beside it. */
  digestOf({ digest: _, ...tagged }: Reference): Promise<Digest> {
    const key = canonicalReference(tagged);
    const known = this.#answers.get(key);
    if (known) return known;
    const answer = this.#whenFree(() => this.#resolve(tagged));
    this.#answers.set(key, answer);
    // Whoever asks for it hears of the failure; until then it must not count as unhandled.
    answer.catch(() => undefined);
    return answer;
  }

  async #whenFree<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < maxRequests) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The next in line takes this one's place.
      if (next) next();
      else this.#running -= 1;
    }
  }
}
