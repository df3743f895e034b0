import { l10n, type MarkdownString } from 'vscode';
import type { RemoteImage, RemotePlatform } from '../../engine/image.ts';
import type { ImageConfig } from '../../engine/oci/imageConfig.ts';
import { formatPlatform } from '../../engine/oci/platform.ts';
import { foreignText } from '../foreignText.ts';
import { formatAge, formatCreated, formatSize } from '../format.ts';
import { lineBreak } from '../markdown.ts';
import { platformReason } from '../platformReason.ts';
import { copyDigestLink } from './hoverLinks.ts';

const maxPlatforms = 6;
const maxPorts = 6;

/** The whole digest, for that is what is asked for, with a link that copies it. */
export function digestText({ descriptor: { digest } }: RemoteImage): string {
  return `\`${digest}\` ${copyDigestLink(digest)}`;
}

/**
 * The facts of an image as lines, the most asked for first; those that are not known leave no gap.
 * @param opening how the first line begins
 */
export function appendRemoteFacts(content: MarkdownString, image: RemoteImage, opening: string): void {
  content.appendMarkdown(opening);
  for (const line of lines(image)) content.appendMarkdown(lineBreak).appendText(line);
}

/** As {@link appendRemoteFacts}, with the age of a tag's answer. */
export function appendRemoteImage(content: MarkdownString, image: RemoteImage, opening: string): void {
  appendRemoteFacts(content, image, opening);
  if (image.reference.digest !== undefined) return;
  content.appendMarkdown(`${lineBreak}_${l10n.t('Looked up {0}', formatAge(image.lookedUp))}_`);
}

function lines({ platforms, chosen, aliases, config }: RemoteImage): string[] {
  return [
    platforms?.length === 0 ? l10n.t('Nothing here is an image to run') : undefined,
    platforms && platformsLine(platforms, chosen),
    ...(config ? [...configLines(config), originLine(config)] : []),
    aliases?.length ? l10n.t('Same as {0}', foreignText(aliases.join(', '), 100)) : undefined,
  ].filter((line) => line !== undefined && line !== '') as string[];
}

/** The asked-for platform first, since its size is the one that counts. */
function platformsLine(platforms: readonly RemotePlatform[], chosen: RemotePlatform | undefined): string {
  const isChosen = ({ manifest }: RemotePlatform) => manifest.digest === chosen?.manifest.digest;
  const sorted = [...platforms.filter(isChosen), ...platforms.filter((platform) => !isChosen(platform))];
  const shown = sorted.slice(0, maxPlatforms).map(platformText);
  const [first] = sorted;
  if (chosen && first && isChosen(first) && sorted.length > 1) {
    shown[0] = `${platformText(first)} (${platformReason(first.platform)})`;
  }
  const rest = sorted.length - shown.length;
  return [...shown, ...(rest > 0 ? [l10n.t('{0} more', rest)] : [])].join(' · ');
}

function platformText({ platform, size }: RemotePlatform): string {
  const name = foreignText(formatPlatform(platform), 40);
  return size === undefined ? name : `${name} ${formatSize(size)}`;
}

function configLines({ config }: ImageConfig): (string | undefined)[] {
  const { entrypoint, cmd, user, exposedPorts } = config;
  const ports = exposedPorts.slice(0, maxPorts).join(', ') + (exposedPorts.length > maxPorts ? ', …' : '');
  const run = [
    entrypoint?.length ? l10n.t('Entrypoint {0}', commandText(entrypoint)) : undefined,
    cmd?.length ? l10n.t('Cmd {0}', commandText(cmd)) : undefined,
  ];
  const rest = [
    user ? l10n.t('User {0}', foreignText(user, 40)) : undefined,
    ports ? l10n.t('Ports {0}', foreignText(ports, 80)) : undefined,
  ];
  return [run, rest].map(joined);
}

function originLine({ created, config }: ImageConfig): string {
  const age = formatCreated(created);
  const labels = Object.keys(config.labels).length;
  return joined([
    age ? l10n.t('Created {0}', age) : undefined,
    labels === 1 ? l10n.t('1 label') : labels > 1 ? l10n.t('{0} labels', labels) : undefined,
  ]);
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** As one would type it: quoted only where a word has spaces or is empty. */
function commandText(words: readonly string[]): string {
  const quoted = words.map((word) => (/^[^\s"']+$/.test(word) ? word : JSON.stringify(word)));
  return foreignText(quoted.join(' '), 80);
}
