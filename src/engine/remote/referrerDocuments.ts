import { EngineError } from '../errors.ts';
import type { Referrer, ReferrerPart, ReferrerText } from '../image.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { type Index, type Manifest, parseManifest } from '../oci/manifest.ts';
import { moreTellingKind, predicateTypeOf, referrerKind } from '../oci/referrerKind.ts';
import { readCapped } from '../readCapped.ts';
import type { Target } from '../target.ts';
import { readableText } from './readableText.ts';

/** Bytes of a document that a person reads; bills of materials of large images are some megabytes. */
const maxDocumentBytes = 32 * 1024 * 1024;

/**
 * The documents of a referrer.
 * @throws `Corrupt` where it was listed as the image's and yet names another subject
 */
export function referrerParts(referrer: Referrer, manifestBytes: Uint8Array): readonly ReferrerPart[] {
  const manifest = parseManifest(manifestBytes, referrer.descriptor.mediaType);
  if (referrer.foundBy === 'subject' && manifest.subject?.digest !== referrer.subject) {
    const { digest } = referrer.descriptor;
    throw new EngineError('Corrupt', `${digest} is listed as a referrer and speaks of something else`, {
      expected: referrer.subject,
      ...(manifest.subject && { actual: manifest.subject.digest }),
    });
  }
  return layersOf(manifest).map((layer) => partOf(layer, referrer));
}

/**
 * One document of a referrer's manifest, or the manifest itself.
 * @throws `NotFound` where the manifest has no such document, `TooLarge` beyond 32 MiB, `Unsupported` where it is no text
 */
export async function referrerText(
  repository: Target,
  manifestBytes: Uint8Array,
  part: Digest | undefined,
  signal?: AbortSignal,
): Promise<ReferrerText> {
  if (part === undefined) return readableText(manifestBytes, 'application/json');
  const layer = layersOf(parseManifest(manifestBytes)).find(({ digest }) => digest === part);
  if (!layer) throw new EngineError('NotFound', `the referrer has no document ${part}`, { reference: part });
  if (layer.size > maxDocumentBytes) throw tooLarge(layer);
  const stream = await repository.fetch(layer, undefined, signal);
  return readableText(await readCapped(stream, maxDocumentBytes, 'the document'), layer.mediaType);
}

function layersOf(value: Manifest | Index): readonly Descriptor[] {
  return value.kind === 'manifest' ? value.layers : [];
}

/** Types of the part itself come first; where they tell little, what the whole was known as. */
function partOf(layer: Descriptor, referrer: Referrer): ReferrerPart {
  const { mediaType, digest, size, annotations } = layer;
  const predicateType = predicateTypeOf(annotations);
  const own = referrerKind(predicateType, mediaType);
  return {
    kind: moreTellingKind(own, referrer.kind),
    descriptor: { mediaType, digest, size },
    ...(predicateType !== undefined && { predicateType }),
  };
}

function tooLarge({ digest, size }: Descriptor): EngineError {
  const message = `the document ${digest} has ${size} bytes, more than the ${maxDocumentBytes} that are read`;
  return new EngineError('TooLarge', message);
}
