import { type CancellationToken, Hover, type MarkdownString, type Position, type TextDocument } from 'vscode';
import type { Mention } from '../../documents/mention.ts';
import { abortOn } from '../abort.ts';
import { mentionAt, toRange } from '../mentions.ts';

/** What there is to say of a mention; nothing where nothing is known. */
export type MentionText = (mention: Mention, signal: AbortSignal) => Promise<MarkdownString | undefined>;

/** A hover over exactly the mention at a position. */
export async function mentionHover(
  document: TextDocument,
  position: Position,
  token: CancellationToken,
  text: MentionText,
): Promise<Hover | undefined> {
  const mention = mentionAt(document, position);
  if (!mention) return undefined;
  using cancel = abortOn(token);
  const content = await text(mention, cancel.signal);
  return content && new Hover(content, toRange(mention.range));
}
