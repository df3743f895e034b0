import { Uri } from 'vscode';
import { imageTextScheme } from '../../contributions.ts';
import type { ReferrerText } from '../../engine/image.ts';
import type { ImageEngine } from '../../engine/imageEngine.ts';
import { type Digest, isDigest, shortDigest } from '../../engine/oci/digest.ts';
import { canonicalReference, parseReference, type Reference } from '../../engine/oci/reference.ts';
import { shortReference } from '../referenceText.ts';

/** A document that a referrer carries, or (without `part`) the referrer's own manifest. */
export interface ReferrerDocument {
  /** The image that it speaks of. */
  readonly reference: Reference;
  readonly referrer: Digest;
  readonly part: Digest | undefined;
}

const kind = 'referrer';

const extensions: Record<ReferrerText['language'], string> = { json: 'json', xml: 'xml', plaintext: 'txt' };

/** @param what what a person calls it */
export function referrerUri(
  { reference, referrer, part }: ReferrerDocument,
  what: string,
  language: ReferrerText['language'],
): Uri {
  const query = new URLSearchParams({
    kind,
    reference: canonicalReference(reference),
    referrer,
    ...(part !== undefined && { part }),
  });
  // Several of one kind are open beside one another.
  const title = `${shortReference(reference)} (${what} ${shortDigest(part ?? referrer)})`;
  const path = `/${title}.${extensions[language]}`;
  return Uri.from({ scheme: imageTextScheme, path, query: query.toString() });
}

/** What a URI's query asks for; `undefined` where it is about something else. */
export function givenReferrerDocument(parameters: URLSearchParams): ReferrerDocument | undefined {
  const [reference, referrer, part] = ['reference', 'referrer', 'part'].map((name) => parameters.get(name));
  if (parameters.get('kind') !== kind || !reference || !referrer || !isDigest(referrer)) return undefined;
  return {
    reference: parseReference(reference),
    referrer,
    part: part && isDigest(part) ? part : undefined,
  };
}

export function readReferrerDocument(
  engine: ImageEngine,
  { reference, referrer, part }: ReferrerDocument,
  signal?: AbortSignal,
): Promise<ReferrerText> {
  return engine.referrerText(reference, referrer, part, signal);
}
