import { l10n, type MarkdownString } from 'vscode';
import type { RemoteImage, RemotePlatform } from '../../engine/image.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import type { ImageConfig } from '../../engine/oci/imageConfig.ts';
import { formatPlatform } from '../../engine/oci/platform.ts';
import { foreignText } from '../foreignText.ts';
import { formatAge, formatCreated, formatSize } from '../format.ts';
import { lineBreak } from '../markdown.ts';
import { copyDigestLink } from './hoverLinks.ts';

const maxPlatforms = 6;
const maxPorts = 6;

/** A digest, short, with a link that copies the whole. */
export function digestText({ descriptor: { digest } }: RemoteImage): string {
  return `\`${shortDigest(digest)}\` ${copyDigestLink(digest)}`;
}

/**
 * The facts of an image as lines, the most asked for first; those that are not known leave no gap.
 * @param opening how the first line begins
 */
export function appendRemoteImage(content: MarkdownString, image: RemoteImage, opening: string): void {
  const { reference, config } = image;
  content.appendMarkdown(opening);
  const created = formatCreated(config?.created);
  if (created) content.appendMarkdown(` · ${l10n.t('created {0}', created)}`);
  for (const line of lines(image)) content.appendMarkdown(lineBreak).appendText(line);
  if (reference.digest !== undefined) return;
  content.appendMarkdown(`${lineBreak}_${l10n.t('Looked up {0}', formatAge(image.lookedUp))}_`);
}

function lines({ platforms, chosen, aliases, config }: RemoteImage): string[] {
  return [
    platforms && platformsLine(platforms, chosen),
    ...(config ? configLines(config) : []),
    aliases?.length ? l10n.t('Same as {0}', foreignText(aliases.join(', '), 100)) : undefined,
  ].filter((line) => line !== undefined && line !== '') as string[];
}

/** The asked-for platform first, since its size is the one that counts. */
function platformsLine(platforms: readonly RemotePlatform[], chosen: RemotePlatform | undefined): string {
  const isChosen = ({ manifest }: RemotePlatform) => manifest.digest === chosen?.manifest.digest;
  const sorted = [...platforms.filter(isChosen), ...platforms.filter((platform) => !isChosen(platform))];
  const shown = sorted.slice(0, maxPlatforms).map(platformText);
  const rest = sorted.length - shown.length;
  return [...shown, ...(rest > 0 ? [l10n.t('{0} more', rest)] : [])].join(' · ');
}

function platformText({ platform, size }: RemotePlatform): string {
  const name = foreignText(formatPlatform(platform), 40);
  return size === undefined ? name : `${name} ${formatSize(size)}`;
}

function configLines({ config }: ImageConfig): (string | undefined)[] {
  const { entrypoint, cmd, user, exposedPorts, labels } = config;
  const labelCount = Object.keys(labels).length;
  const ports = exposedPorts.slice(0, maxPorts).join(', ') + (exposedPorts.length > maxPorts ? ', …' : '');
  const run = [
    entrypoint?.length ? l10n.t('Entrypoint {0}', commandText(entrypoint)) : undefined,
    cmd?.length ? l10n.t('Cmd {0}', commandText(cmd)) : undefined,
  ];
  const rest = [
    user ? l10n.t('User {0}', foreignText(user, 40)) : undefined,
    ports ? l10n.t('Ports {0}', foreignText(ports, 80)) : undefined,
    labelCount === 1 ? l10n.t('1 label') : labelCount > 1 ? l10n.t('{0} labels', labelCount) : undefined,
  ];
  return [run, rest].map((parts) => parts.filter((part) => part !== undefined).join(' · '));
}

/** As one would type it: quoted only where a word has spaces or is empty. */
function commandText(words: readonly string[]): string {
  const quoted = words.map((word) => (/^[^\s"']+$/.test(word) ? word : JSON.stringify(word)));
  return foreignText(quoted.join(' '), 80);
}
