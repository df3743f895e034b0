import { Position, Range, type TextDocument } from 'vscode';
import { documentKindOf } from '../documents/documentKind.ts';
import { findMentions } from '../documents/findMentions.ts';
import type { DocumentKind, Mention, Range as PlainRange } from '../documents/mention.ts';

/**
 * Longer texts are not read for mentions: nobody writes them by hand, and typing must stay fluent. YAML and JSON take
 * some ten times as long to read as a Dockerfile.
 */
export function maxLength(kind: DocumentKind): number {
  return kind === 'dockerfile' ? 1024 * 1024 : 128 * 1024;
}

const known = new WeakMap<
  TextDocument,
  { readonly version: number; readonly mentions: readonly Mention[] }
>();

/** The image references in a document as it stands, read once for each version of it. */
export function mentionsOf(document: TextDocument): readonly Mention[] {
  const last = known.get(document);
  if (last?.version === document.version) return last.mentions;
  const kind = documentKindOf(document.uri.path, document.languageId);
  const text = kind ? document.getText() : '';
  const mentions = kind && text.length <= maxLength(kind) ? findMentions(kind, text) : [];
  known.set(document, { version: document.version, mentions });
  return mentions;
}

/** The mention that a position lies in or at the end of. */
export function mentionAt(document: TextDocument, position: Position): Mention | undefined {
  return mentionsOf(document).find(({ range }) => toRange(range).contains(position));
}

/** The mention that an edit, a click or a code action at a range is about. */
export function mentionTouching(document: TextDocument, range: Range): Mention | undefined {
  return mentionsOf(document).find((mention) => toRange(mention.range).intersection(range) !== undefined);
}

export function toRange({ start, end }: PlainRange): Range {
  return new Range(new Position(start.line, start.character), new Position(end.line, end.character));
}
