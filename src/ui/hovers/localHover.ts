import {
  type CancellationToken,
  type Hover,
  type HoverProvider,
  l10n,
  type MarkdownString,
  type Position,
  type TextDocument,
} from 'vscode';
import type { Mention } from '../../documents/mention.ts';
import type { RemoteImage, StoredImage } from '../../engine/image.ts';
import { formatPlatform } from '../../engine/oci/platform.ts';
import { isOfficial, type Reference, withDigest, withTag } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { formatAge, formatSize } from '../format.ts';
import { appendForeign, foreignMarkdown, lineBreak, markdown } from '../markdown.ts';
import { reasonText } from '../reasonText.ts';
import { shortReference } from '../referenceText.ts';
import { storedImage } from '../storedImage.ts';
import {
  appendLinks,
  comparePinLink,
  hoverCommands,
  lookingLinks,
  pinLink,
  showLayersLink,
  updatePinLink,
} from './hoverLinks.ts';
import { isOldAnswer } from './lastAnswer.ts';
import { mentionHover } from './mentionHover.ts';
import { digestText } from './remoteImageText.ts';
import { movedTag } from './stalePin.ts';

/** What is known without asking anybody: the name, what the store has, the last answer, or why it is no image at all. */
export class LocalHover implements HoverProvider {
  readonly #host: EngineHost;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  provideHover(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<Hover | undefined> {
    return mentionHover(document, position, token, async (mention, signal) =>
      mention.reference ? this.#known(document, mention, mention.reference, signal) : whyNoImage(mention),
    );
  }

  async #known(
    document: TextDocument,
    mention: Mention,
    reference: Reference,
    signal: AbortSignal,
  ): Promise<MarkdownString> {
    const { engine } = this.#host;
    const [stored, last, moved] = await Promise.all([
      storedImage(engine, reference, signal),
      engine.lastKnown(reference),
      movedTag(engine, reference),
    ]);
    const content = markdown(hoverCommands);
    appendName(content, reference);
    content.appendMarkdown(lineBreak + (stored ? storedText(stored) : l10n.t('Not in the store')));
    if (isOldAnswer(last)) content.appendMarkdown(lineBreak + lastKnownText(last));
    if (moved) content.appendMarkdown(lineBreak + stalePinText(moved));
    const links: string[] = [];
    if (moved) {
      const now = withDigest(reference, moved.descriptor.digest);
      links.push(updatePinLink(document, mention), comparePinLink(reference, now, mention.platform));
    }
    if (stored || reference.digest !== undefined) links.push(pinLink(document, mention));
    // What needs the registry is offered by the other hover, once that knows that the image is there.
    if (stored) links.push(showLayersLink(reference), ...lookingLinks(reference, mention.platform));
    appendLinks(content, links);
    return content;
  }
}

/** Of a pin its tag alone: the digest stands in the other hover, where it can be copied. */
function appendName(content: MarkdownString, reference: Reference): void {
  const { tag, digest } = reference;
  const isPin = tag !== undefined && digest !== undefined;
  const name = shortReference(isPin ? withTag(reference, tag) : reference);
  content.appendMarkdown(isOfficial(reference) ? '$(verified) **' : '**');
  appendForeign(content, name, 120);
  content.appendMarkdown('**');
  if (isPin) content.appendMarkdown(` · ${l10n.t('pinned')}`);
  if (isOfficial(reference)) content.appendMarkdown(` · ${l10n.t('Docker Official Image')}`);
}

function storedText({ platform, size }: StoredImage): string {
  return l10n.t(
    'In the store: {0}, {1} unpacked',
    foreignMarkdown(formatPlatform(platform), 60),
    formatSize(size),
  );
}

function lastKnownText(last: RemoteImage): string {
  return l10n.t('Known from {0}: {1}', formatAge(last.lookedUp), digestText(last));
}

function stalePinText({ lookedUp }: RemoteImage): string {
  return `$(warning) ${l10n.t('Tag moved: the pin is stale (looked up {0})', formatAge(lookedUp))}`;
}

function whyNoImage(mention: Mention): MarkdownString {
  const content = markdown();
  appendForeign(content, mention.text, 120);
  return content.appendMarkdown(lineBreak).appendText(reasonText(mention));
}
