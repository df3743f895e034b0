import type { Digest } from '../../src/engine/oci/digest.ts';
import { parseReference, withTag } from '../../src/engine/oci/reference.ts';
import { tagImage } from '../../src/engine/store/entries.ts';
import { Store } from '../../src/engine/store/store.ts';
import type { BuiltManifest } from './sampleRegistry/imageBuilder.ts';

/** Puts an image into a store as a pull leaves it, under each of the names. */
export async function storeImage(
  directory: string,
  image: BuiltManifest,
  names: readonly string[],
): Promise<void> {
  await using store = new Store({ directory });
  for (const { descriptor, bytes } of [...image.blobs, image]) await store.push(descriptor, once(bytes));
  const facts = { manifest: image.descriptor, platform: image.descriptor.platform, id: idOf(image), size: 1 };
  for (const name of names) {
    const reference = parseReference(name);
    await store.update((entries) => tagImage(entries, facts, withTag(reference, reference.tag ?? 'latest')));
  }
}

function idOf({ blobs: [config] }: BuiltManifest): Digest {
  if (!config) throw new RangeError('an image has a config');
  return config.descriptor.digest;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
