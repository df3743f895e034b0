import { findMentions } from '../documents/findMentions.ts';
import { applyEdit } from '../documents/lineMap.ts';
import type { DocumentKind, Mention } from '../documents/mention.ts';
import { pinEdit } from '../documents/pinEdit.ts';
import { EngineError, isEngineError } from '../engine/errors.ts';
import type { Digest } from '../engine/oci/digest.ts';
import type { Reference } from '../engine/oci/reference.ts';
import type { DigestLookup } from './digestLookup.ts';

type NamedMention = Mention & { readonly reference: Reference };

/** A mention that is not, or was not, pinned to what its tag names now; as it stood in the text that was given. */
export type PinFinding =
  | {
      readonly mention: NamedMention;
      readonly status: 'pinned' | 'updated' | 'stale';
      readonly digest: Digest;
    }
  | { readonly mention: NamedMention; readonly status: 'unpinned' }
  | { readonly mention: NamedMention; readonly status: 'failed'; readonly why: EngineError | string };

/** What is unpinned, and what is pinned to something else than its tag names now. */
export async function checkPins(
  kind: DocumentKind,
  text: string,
  lookup: DigestLookup,
): Promise<PinFinding[]> {
  const mentions = findMentions(kind, text).filter(isNamed);
  prefetch(mentions.filter(hasMovablePin), lookup);
  const findings: PinFinding[] = [];
  for (const mention of mentions) {
    if (mention.reference.digest === undefined) findings.push({ mention, status: 'unpinned' });
    else if (hasMovablePin(mention)) findings.push(...(await checkPin(mention, lookup)));
  }
  return findings;
}

async function checkPin(mention: NamedMention, lookup: DigestLookup): Promise<PinFinding[]> {
  const digest = await digestOrError(mention.reference, lookup);
  if (digest instanceof EngineError) return [{ mention, status: 'failed', why: digest }];
  return digest === mention.reference.digest ? [] : [{ mention, status: 'stale', digest }];
}

export interface PinTextOptions {
  /** Move pins whose tag has moved, too. */
  readonly update: boolean;
  readonly lookup: DigestLookup;
}

/**
 * A text with its mentions pinned, and what was done: mention by mention, each found anew in the text that the one
 * before has left, since the default value of an argument may pin several at once.
 */
export async function pinText(
  kind: DocumentKind,
  original: string,
  { update, lookup }: PinTextOptions,
): Promise<{ readonly text: string; readonly findings: readonly PinFinding[] }> {
  const mentions = findMentions(kind, original);
  const isWanted = (mention: NamedMention) =>
    mention.reference.digest === undefined || (update && hasMovablePin(mention));
  prefetch(mentions.filter(isNamed).filter(isWanted), lookup);
  let text = original;
  const findings: PinFinding[] = [];
  for (const [place, mention] of mentions.entries()) {
    if (!isNamed(mention) || !isWanted(mention)) continue;
    const digest = await digestOrError(mention.reference, lookup);
    const result = pinMention(kind, text, place, digest);
    if (result instanceof EngineError || 'why' in result) {
      findings.push({ mention, status: 'failed', why: result instanceof EngineError ? result : result.why });
    } else if (result.digest !== mention.reference.digest) {
      text = result.text;
      const status = mention.reference.digest === undefined ? 'pinned' : 'updated';
      findings.push({ mention, status, digest: result.digest });
    }
  }
  return { text, findings };
}

type PinnedText = { readonly text: string; readonly digest: Digest };

function pinMention(
  kind: DocumentKind,
  text: string,
  place: number,
  digest: Digest | EngineError,
): PinnedText | { readonly why: string } | EngineError {
  if (digest instanceof EngineError) return digest;
  const mention = findMentions(kind, text)[place];
  if (mention?.reference?.digest === digest) return { text, digest };
  if (!mention) return { why: 'the edits before it changed how the file is read' };
  const result = pinEdit(text, mention, digest);
  return result.kind === 'edit' ? { text: applyEdit(text, result.edit), digest } : { why: result.why };
}

function isNamed(mention: Mention): mention is NamedMention {
  return mention.reference !== undefined;
}

/** A digest without a tag names one image for ever: there is nothing that it could fall behind. */
function hasMovablePin({ reference }: NamedMention): boolean {
  return reference.digest !== undefined && reference.tag !== undefined;
}

function prefetch(mentions: readonly NamedMention[], lookup: DigestLookup): void {
  for (const { reference } of mentions) void lookup.digestOf(reference);
}

async function digestOrError(reference: Reference, lookup: DigestLookup): Promise<Digest | EngineError> {
  try {
    return await lookup.digestOf(reference);
  } catch (error) {
    if (isEngineError(error) && error.reason !== 'Cancelled') return error;
    throw error;
  }
}
