import {
  type CancellationToken,
  type Hover,
  type HoverProvider,
  type LogOutputChannel,
  l10n,
  type MarkdownString,
  type Position,
  type TextDocument,
} from 'vscode';
import type { Mention } from '../../documents/mention.ts';
import { isEngineError } from '../../engine/errors.ts';
import type { RemoteImage, StoredImage } from '../../engine/image.ts';
import { canonicalReference, type Reference } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { asksForSignIn, errorText } from '../errorText.ts';
import { lineBreak, markdown } from '../markdown.ts';
import { platformIn } from '../referenceText.ts';
import { storedImage } from '../storedImage.ts';
import { appendLinks, hoverCommands, lookingLinks, pinLink, pullLink, signInLink } from './hoverLinks.ts';
import { freshFor, isOldAnswer } from './lastAnswer.ts';
import { latestWithin } from './latestWithin.ts';
import { mentionHover } from './mentionHover.ts';
import { appendRemoteFacts, appendRemoteImage, digestText } from './remoteImageText.ts';

/** Milliseconds that the rest may take once the digest is known, before the hover shows without it. */
const patience = 2000;

/** What the registry says: a hover of its own, so that what is known at once never waits for it. */
export class RemoteHover implements HoverProvider {
  readonly #host: EngineHost;
  readonly #log: LogOutputChannel;

  constructor(host: EngineHost, log: LogOutputChannel) {
    this.#host = host;
    this.#log = log;
  }

  provideHover(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<Hover | undefined> {
    return mentionHover(document, position, token, async (mention, signal) =>
      mention.reference ? this.#answer(document, mention, mention.reference, signal) : undefined,
    );
  }

  async #answer(
    document: TextDocument,
    mention: Mention,
    reference: Reference,
    signal: AbortSignal,
  ): Promise<MarkdownString | undefined> {
    const { engine } = this.#host;
    const [before, stored] = await Promise.all([
      engine.lastKnown(reference),
      storedImage(engine, reference, signal),
    ]);
    const text = await this.#text(mention, reference, before, stored, signal);
    // What the store has is offered by the other hover.
    if (text?.isThere && !stored) appendLinks(text.content, remoteLinks(document, mention, reference));
    return text?.content;
  }

  async #text(
    mention: Mention,
    reference: Reference,
    before: RemoteImage | undefined,
    stored: StoredImage | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly content: MarkdownString; readonly isThere: boolean } | undefined> {
    try {
      const now = await this.#lookUp(mention, reference, signal);
      return now && { content: answerText(now, before, stored, mention), isThere: true };
    } catch (error) {
      if (signal.aborted || isEngineError(error, 'Cancelled')) return undefined;
      this.#log.warn(`look up ${canonicalReference(reference)}`, error);
      const isThere = before !== undefined && !isEngineError(error, 'NotFound');
      return { content: failureText(error, before, reference), isThere };
    }
  }

  #lookUp(mention: Mention, reference: Reference, signal: AbortSignal): Promise<RemoteImage | undefined> {
    const platform = platformIn(mention.platform);
    const options = { maxAge: freshFor, ...(platform && { platform }) };
    return latestWithin(this.#host.engine.lookUp(reference, options, signal), patience, (error) =>
      this.#log.debug(`look up ${canonicalReference(reference)}`, error),
    );
  }
}

function answerText(
  now: RemoteImage,
  before: RemoteImage | undefined,
  stored: StoredImage | undefined,
  mention: Mention,
): MarkdownString {
  const content = markdown(hoverCommands);
  appendRemoteImage(content, now, opening(now, before));
  if (stored && !isSame(stored, now)) {
    const link = pullLink(now.reference, mention.platform);
    content.appendMarkdown(`${lineBreak}${l10n.t('The store has another image under this tag')} · ${link}`);
  }
  return content;
}

function remoteLinks(document: TextDocument, mention: Mention, reference: Reference): readonly string[] {
  const { platform } = mention;
  // The way back from a digest needs nobody: the other hover has it.
  const pin = reference.digest === undefined ? [pinLink(document, mention)] : [];
  return [...pin, pullLink(reference, platform), ...lookingLinks(reference, platform)];
}

/** A digest that the other hover shows already, as the last one known, is not shown again. */
function opening(now: RemoteImage, before: RemoteImage | undefined): string {
  if (!isOldAnswer(before)) return digestText(now);
  return before.descriptor.digest === now.descriptor.digest
    ? `$(check) ${l10n.t('Unchanged')}`
    : `$(arrow-right) ${l10n.t('Moved since, to')} ${digestText(now)}`;
}

function isSame(stored: StoredImage, { descriptor, platforms }: RemoteImage): boolean {
  return (
    stored.manifest.digest === descriptor.digest ||
    stored.repoDigests.some(({ digest }) => digest === descriptor.digest) ||
    (platforms ?? []).some(({ manifest }) => manifest.digest === stored.manifest.digest)
  );
}

function failureText(
  error: unknown,
  before: RemoteImage | undefined,
  { registry }: Reference,
): MarkdownString {
  const content = markdown(hoverCommands);
  content.appendMarkdown('$(warning) ').appendText(errorText(error));
  if (asksForSignIn(error)) content.appendMarkdown(` ${signInLink(registry)}`);
  if (before) {
    content.appendMarkdown('\n\n');
    // Of an old answer the other hover tells digest and age.
    if (isOldAnswer(before)) appendRemoteFacts(content, before, l10n.t('What it said then'));
    else appendRemoteImage(content, before, digestText(before));
  }
  return content;
}
