import {
  type CancellationToken,
  Hover,
  type HoverProvider,
  l10n,
  type MarkdownString,
  type Position,
  type TextDocument,
} from 'vscode';
import type { Mention } from '../../documents/mention.ts';
import type { RemoteImage, StoredImage } from '../../engine/image.ts';
import { formatPlatform } from '../../engine/oci/platform.ts';
import { isOfficial, type Reference, withTag } from '../../engine/oci/reference.ts';
import { abortOn } from '../abort.ts';
import type { EngineHost } from '../engineHost.ts';
import { formatAge, formatSize } from '../format.ts';
import { appendForeign, lineBreak, markdown } from '../markdown.ts';
import { mentionAt, toRange } from '../mentions.ts';
import { reasonText } from '../reasonText.ts';
import { shortReference } from '../referenceText.ts';
import { storedImage } from '../storedImage.ts';
import { hoverCommands, pinLink, pullLink, showLayersLink } from './hoverLinks.ts';
import { isOldAnswer } from './lastAnswer.ts';
import { digestText } from './remoteImageText.ts';

/** What is known without asking anybody: the name, what the store has, the last answer, or why it is no image at all. */
export class LocalHover implements HoverProvider {
  readonly #host: EngineHost;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  async provideHover(
    document: TextDocument,
    position: Position,
    token: CancellationToken,
  ): Promise<Hover | undefined> {
    const mention = mentionAt(document, position);
    if (!mention) return undefined;
    using cancel = abortOn(token);
    const content = mention.reference
      ? await this.#known(document, mention, mention.reference, cancel.signal)
      : whyNoImage(mention);
    return new Hover(content, toRange(mention.range));
  }

  async #known(
    document: TextDocument,
    mention: Mention,
    reference: Reference,
    signal: AbortSignal,
  ): Promise<MarkdownString> {
    const { engine } = this.#host;
    const [stored, last] = await Promise.all([
      storedImage(engine, reference, signal),
      engine.lastKnown(reference),
    ]);
    const content = markdown(hoverCommands);
    appendName(content, reference);
    content.appendMarkdown(lineBreak + (stored ? storedText(stored) : l10n.t('Not in the store')));
    if (isOldAnswer(last)) content.appendMarkdown(lineBreak + lastKnownText(last));
    const links = [pinLink(document, mention)];
    links.push(stored ? showLayersLink(reference) : pullLink(reference, mention.platform));
    return content.appendMarkdown(`\n\n${links.join(' · ')}`);
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
  return l10n.t('In the store: {0}, {1} unpacked', formatPlatform(platform), formatSize(size));
}

function lastKnownText(last: RemoteImage): string {
  return l10n.t('Known from {0}: {1}', formatAge(last.lookedUp), digestText(last));
}

function whyNoImage(mention: Mention): MarkdownString {
  const content = markdown();
  appendForeign(content, mention.text, 120);
  return content.appendMarkdown(lineBreak).appendText(reasonText(mention));
}
