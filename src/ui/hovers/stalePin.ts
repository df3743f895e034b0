import type { RemoteImage } from '../../engine/image.ts';
import type { ImageEngine } from '../../engine/imageEngine.ts';
import { type Reference, withTag } from '../../engine/oci/reference.ts';

/** Milliseconds; an older answer may itself be what is stale, where somebody else has moved the pin. */
const tellingFor = 24 * 60 * 60 * 1000;

/** What the tag of a pin was last known to name, where that is another image than the pin's. Asks no network. */
export async function movedTag(engine: ImageEngine, reference: Reference): Promise<RemoteImage | undefined> {
  const { tag, digest } = reference;
  if (tag === undefined || digest === undefined) return undefined;
  const last = await engine.lastKnown(withTag(reference, tag));
  if (!last || Date.now() - last.lookedUp.getTime() > tellingFor) return undefined;
  // A pin to one platform of the index is exact as well.
  const named = [last.descriptor, ...(last.platforms ?? []).map(({ manifest }) => manifest)];
  return named.some((descriptor) => descriptor.digest === digest) ? undefined : last;
}
