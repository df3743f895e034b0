import type { Digest } from '../engine/oci/digest.ts';
import { canonicalReference, type Reference } from '../engine/oci/reference.ts';
import { readDocument } from './findMentions.ts';
import { applyEdit, LineMap } from './lineMap.ts';
import type { Mention, MentionReason, Range, TextEdit } from './mention.ts';
import { type Piece, piecesText } from './pieces.ts';
import type { ReadDocument, Site } from './site.ts';

/** One edit, or why there can be none: a plain English sentence without a full stop. */
export type PinResult =
  | { readonly kind: 'edit'; readonly edit: TextEdit }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Pins a mention, or moves its pin, to a digest. The tag stays as it is written; where none is, `latest` is written, so
 * that people and update bots see what was meant. Where the reference ends in the default of an ARG or of a
 * `${X:-default}`, that is edited, so that overriding the variable replaces the pin as well. Refused where no single edit gives exactly
 * the same reference with the digest, and where the edit would change anything else in the file.
 * @param text the text that the mention was found in
 */
export function pinEdit(text: string, mention: Mention, digest: Digest): PinResult {
  return editReference(text, mention, (reference, site) => ({
    change: reference.digest ? movePin(site, reference.digest, digest, text) : addPin(site, digest),
    expected: { ...reference, digest },
  }));
}

/** Takes a mention's digest away. Refused as in {@link pinEdit}. */
export function unpinEdit(text: string, mention: Mention): PinResult {
  return editReference(text, mention, (reference, site) => {
    const { digest, tag = 'latest', ...name } = reference;
    return {
      change: digest ? removePin(site, digest, text) : 'it has no digest',
      expected: { ...name, tag },
    };
  });
}

/** Replaces the characters from `start` to `end`, which belong to what `piece` belongs to. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
  readonly piece: Piece;
}

/** A sentence where there can be no change. */
type Plan = (reference: Reference, site: Site) => { change: Change | string; expected: Reference };

function editReference(text: string, mention: Mention, plan: Plan): PinResult {
  const before = readDocument(mention.kind, text);
  const site = before.sites.find((candidate) => isSameRange(candidate.mention.range, mention.range));
  if (!site) return refused('the text has changed since');
  const { reference, reason } = site.mention;
  if (!reference) return refused(reason ? whyNoReference(reason) : 'it names no image');
  const { change, expected } = plan(reference, site);
  if (typeof change === 'string') return refused(change);
  const edit = toEdit(text, site.mention, change);
  const after = readDocument(mention.kind, applyEdit(text, edit));
  const harm = findHarm(before, after, site, expected);
  return harm === undefined ? { kind: 'edit', edit } : refused(harm);
}

function refused(why: string): PinResult {
  return { kind: 'refused', why };
}

function whyNoReference(reason: MentionReason): string {
  switch (reason) {
    case 'scratch':
      return 'scratch is the empty image and has no digest';
    case 'stage':
      return 'it names a stage of this file';
    case 'unresolved-argument':
      return 'it holds a variable that has no value here';
    case 'built':
      return 'it is the name that the image built here will get';
    case 'invalid':
      return 'it is not a valid image reference';
  }
}

function addPin({ mention, expansion }: Site, digest: Digest): Change | string {
  const last = expansion.pieces.at(-1);
  if (!last) return 'it is empty';
  const text = piecesText(expansion.pieces);
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  const obstacle = obstacleToPin(expansion.pieces, last, colon < 0 ? text.length : colon + 1);
  if (obstacle !== undefined) return obstacle;
  const tag = colon < 0 ? `:${mention.reference?.tag ?? 'latest'}` : '';
  return { start: last.end, end: last.end, newText: `${tag}@${digest}`, piece: last };
}

/** The digest has to stand where the tag comes from: else the one could be overridden without the other. */
function obstacleToPin(pieces: readonly Piece[], last: Piece, tagStart: number): string | undefined {
  if (last.derived) return 'its end is computed from a variable, so there is no place for the digest';
  let at = 0;
  for (const piece of pieces) {
    at += piece.text.length;
    if (at <= tagStart || piece === last) continue;
    if (piece.derived || (piece.owner && piece.owner !== last.owner)) {
      const from = piece.owner ? ` from ${piece.owner.name}` : ' from a variable';
      return `only a part of its tag comes${from}, so no single place can hold the digest`;
    }
  }
  return undefined;
}

function movePin({ expansion }: Site, old: Digest, digest: Digest, text: string): Change | string {
  const piece = pieceEndingIn(expansion.pieces, old, text);
  if (!piece) return 'its digest is put together from several places';
  return { start: piece.end - old.length, end: piece.end, newText: digest, piece };
}

function removePin({ expansion }: Site, digest: Digest, text: string): Change | string {
  const pin = `@${digest}`;
  const piece = pieceEndingIn(expansion.pieces, pin, text);
  if (!piece) return 'its digest is put together from several places';
  return { start: piece.end - pin.length, end: piece.end, newText: '', piece };
}

/** The last piece with any text, where it ends in `ending` and the file has it in just these characters. */
function pieceEndingIn(pieces: readonly Piece[], ending: string, text: string): Piece | undefined {
  const piece = pieces.findLast((candidate) => candidate.text !== '');
  if (!piece?.text.endsWith(ending) || piece.derived) return undefined;
  return text.slice(piece.end - ending.length, piece.end) === ending ? piece : undefined;
}

/** The edit covers exactly the reference, or exactly the default value that holds its end. */
function toEdit(text: string, mention: Mention, { start, end, newText, piece }: Change): TextEdit {
  const lines = new LineMap(text);
  const value = piece.owner?.value;
  const range = value ? lines.rangeAt(value.start, value.end) : mention.range;
  const before = text.slice(lines.offsetAt(range.start), start);
  const behind = text.slice(end, lines.offsetAt(range.end));
  return { range, newText: before + newText + behind };
}

/** What else, or what wrong, an edit would do: read from the result itself. */
function findHarm(
  before: ReadDocument,
  after: ReadDocument,
  edited: Site,
  expected: Reference,
): string | undefined {
  if (after.sites.length !== before.sites.length) return 'the edit would change how the file is read';
  for (const [index, site] of before.sites.entries()) {
    const result = after.sites[index]?.mention;
    const isEdited = site === edited || meaning(site.mention) === meaning(edited.mention);
    if (isEdited && result?.reference && sameReference(result.reference, expected)) continue;
    if (site === edited) return 'the edit would not give the same reference';
    if (!result || meaning(result) !== meaning(site.mention)) {
      return `the value is also used in line ${site.mention.range.start.line + 1}, which would break`;
    }
  }
  const changed = before.dependents.findIndex((dependent, index) => dependent !== after.dependents[index]);
  return changed < 0 ? undefined : 'the value is also used by a stage, which would change';
}

function meaning({ reference, reason }: Mention): string {
  return reference ? canonicalReference(reference) : `(${reason})`;
}

function sameReference(a: Reference, b: Reference): boolean {
  return canonicalReference(a) === canonicalReference(b);
}

function isSameRange(a: Range, b: Range): boolean {
  return (
    a.start.line === b.start.line &&
    a.start.character === b.start.character &&
    a.end.line === b.end.line &&
    a.end.character === b.end.character
  );
}
