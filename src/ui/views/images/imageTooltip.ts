import { l10n, MarkdownString } from 'vscode';
import type { ImageSize } from '../../../engine/images/imageSizes.ts';
import type { Digest } from '../../../engine/oci/digest.ts';
import { formatPlatform } from '../../../engine/oci/platform.ts';
import {
  familiarName,
  familiarReference,
  type Reference,
  type TaggedReference,
} from '../../../engine/oci/reference.ts';
import { formatCount, formatCreated, formatDateTime, formatSize } from '../../format.ts';
import { foreignMarkdown, lineBreak } from '../../markdown.ts';
import { originText } from '../../originText.ts';
import { platformReason } from '../../platformReason.ts';
import { withinTime } from '../../withinTime.ts';
import { outdatedLatestText } from './outdatedLatestText.ts';
import type { NamedImage } from './partText.ts';
import type { Shelf } from './shelf.ts';

/** Milliseconds that sizes may be waited for; without them the rest shows. */
const patience = 400;
const maxNames = 20;

/** All that is known of a stored image, for the person who points at it. */
export async function imageTooltip(
  { engine, list, sizes }: Shelf,
  row: NamedImage,
  signal: AbortSignal,
): Promise<MarkdownString> {
  const { image, tag } = row;
  const through = indexName(row);
  const [known, all] = await Promise.all([
    through && engine.lastKnown(through),
    withinTime(sizes(), patience),
  ]);
  signal.throwIfAborted();
  const outdated = tag && list.outdatedLatest(tag);
  const created = image.created && formatCreated(image.created) ? formatDateTime(image.created) : undefined;
  const lines = [
    outdated?.latest.image === image ? outdatedLatestText(outdated) : undefined,
    l10n.t('Image ID `{0}`', image.id),
    ...image.repoDigests.map((name) => l10n.t('Digest `{0}` of {1}', name.digest, familiarName(name))),
    l10n.t('Manifest `{0}`', image.manifest.digest),
    created && l10n.t('Created {0}', created),
    platformText(row, through !== undefined, known?.platforms?.length),
    diskText(image.size, all === 'late' ? undefined : all?.images.get(image.manifest.digest)),
  ];
  return new MarkdownString(`${heading(row)}\n\n${lines.filter(Boolean).join(lineBreak)}`);
}

/** Tags and names of repositories are ASCII without anything that Markdown would take for its own, underscores aside. */
function heading({ image }: NamedImage): string {
  const names = image.tags.map(nameText);
  if (names.length === 0) return danglingText(image.repoDigests);
  if (names.length === 1) return names.join('');
  const shown = names.slice(0, maxNames).join(lineBreak);
  const rest = names.length - maxNames;
  const more = rest > 0 ? lineBreak + l10n.t('and {0} more', rest) : '';
  return `${l10n.t('One image with {0} tags:', names.length)}${lineBreak}${shown}${more}`;
}

function nameText(tag: TaggedReference): string {
  const name = familiarReference(tag);
  const origin = originText(tag);
  return (name.startsWith(origin) ? `**${name}**` : `**${name}** (${origin})`).replaceAll('_', '\\_');
}

function danglingText(repoDigests: readonly Reference[]): string {
  const [name] = repoDigests;
  return name
    ? l10n.t('Dangling: no tag leads to this image of **{0}** any more', familiarName(name))
    : l10n.t('Dangling: no tag leads to this image');
}

/** The name of the index that the image was chosen from, if it was. */
function indexName({ image }: NamedImage): (Reference & { readonly digest: Digest }) | undefined {
  return image.repoDigests.find(({ digest }) => digest !== image.manifest.digest);
}

function platformText({ image }: NamedImage, isOfIndex: boolean, count: number | undefined): string {
  const platform = foreignMarkdown(formatPlatform(image.platform), 60);
  const reason = platformReason(image.platform);
  if (!isOfIndex) return l10n.t('{0} ({1}), not one of an index', platform, reason);
  return count === undefined
    ? l10n.t('{0} ({1}), chosen from an index', platform, reason)
    : l10n.t('{0} ({1}), chosen from an index of {2}', platform, reason, count);
}

function diskText(unpacked: number, size: ImageSize | undefined): string {
  if (!size) return l10n.t('{0} unpacked', formatSize(unpacked));
  const { uniqueBytes, sharedBytes, sharesWith } = size;
  const own = l10n.t('{0} unpacked; on disk {1} of its own', formatSize(unpacked), formatSize(uniqueBytes));
  if (sharedBytes === 0) return own;
  const others = sharesWith.length;
  const shared = formatSize(sharedBytes);
  return others === 1
    ? l10n.t('{0} and {1} shared with 1 other image', own, shared)
    : l10n.t('{0} and {1} shared with {2} other images', own, shared, formatCount(others));
}
