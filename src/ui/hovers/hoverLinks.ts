import { l10n, type MarkdownString, type TextDocument } from 'vscode';
import { type CommandId, commands } from '../../contributions.ts';
import type { Mention } from '../../documents/mention.ts';
import type { Digest } from '../../engine/oci/digest.ts';
import { canonicalReference, type Reference } from '../../engine/oci/reference.ts';
import type { PairArgument, PlaceArgument, ReferenceArgument } from '../commands/arguments.ts';
import { commandLink } from '../markdown.ts';

/** The commands that a hover's links may run. */
export const hoverCommands = [
  commands.pin,
  commands.unpin,
  commands.updatePin,
  commands.pull,
  commands.copyImageDigest,
  commands.showLayers,
  commands.inspectLayers,
  commands.openImageAsFolder,
  commands.compareImages,
  commands.showReferrers,
  commands.signIn,
] as const satisfies readonly CommandId[];

/** VS Code draws a link to any other command too, and does nothing where it is clicked. */
type HoverCommand = (typeof hoverCommands)[number];

function hoverLink(label: string, command: HoverCommand, argument: unknown, title: string): string {
  return commandLink(label, command, argument, title);
}

export function pinLink(document: TextDocument, mention: Mention): string {
  const { reference } = mention;
  const place = placeOf(document, mention);
  return reference?.digest === undefined
    ? hoverLink(l10n.t('Pin'), commands.pin, place, l10n.t('Write the digest behind the tag'))
    : hoverLink(l10n.t('Unpin'), commands.unpin, place, l10n.t('Take the digest away'));
}

export function updatePinLink(document: TextDocument, mention: Mention): string {
  const place = placeOf(document, mention);
  return hoverLink(
    l10n.t('Update pin'),
    commands.updatePin,
    place,
    l10n.t('Write the digest that the tag names now'),
  );
}

function placeOf(document: TextDocument, { range }: Mention): PlaceArgument {
  return { uri: document.uri.toString(), ...range.start };
}

function referenceArgument(reference: Reference, platform?: string): ReferenceArgument {
  return { reference: canonicalReference(reference), ...(platform !== undefined && { platform }) };
}

export function pullLink(reference: Reference, platform: string | undefined): string {
  const argument = referenceArgument(reference, platform);
  return hoverLink(l10n.t('Pull'), commands.pull, argument, l10n.t('Bring the image into the store'));
}

export function showLayersLink(reference: Reference): string {
  return hoverLink(
    l10n.t('Show layers'),
    commands.showLayers,
    referenceArgument(reference),
    l10n.t('Unfold the image in the Images view'),
  );
}

/** What looks into an image without pulling it. */
export function lookingLinks(reference: Reference, platform: string | undefined): readonly string[] {
  return [
    inspectLayersLink(reference, platform),
    openFolderLink(reference, platform),
    referrersLink(reference, platform),
  ];
}

export function appendLinks(content: MarkdownString, links: readonly string[]): void {
  if (links.length > 0) content.appendMarkdown(`\n\n${links.join(' · ')}`);
}

function inspectLayersLink(reference: Reference, platform: string | undefined): string {
  return hoverLink(
    l10n.t('Inspect layers'),
    commands.inspectLayers,
    referenceArgument(reference, platform),
    l10n.t('See what each layer holds, changes and wastes; nothing is pulled'),
  );
}

/** What has changed since a pin was written. @param now what its tag names */
export function comparePinLink(pin: Reference, now: Reference, platform: string | undefined): string {
  const argumentOf = (reference: Reference): ReferenceArgument => ({
    reference: canonicalReference(reference),
    ...(platform !== undefined && { platform }),
  });
  const argument: PairArgument = { before: argumentOf(pin), after: argumentOf(now) };
  return hoverLink(
    l10n.t('What changed'),
    commands.compareImages,
    argument,
    l10n.t('Compare the pinned image with what the tag names now: packages, configuration, layers, files'),
  );
}

function openFolderLink(reference: Reference, platform: string | undefined): string {
  return hoverLink(
    l10n.t('Open as folder'),
    commands.openImageAsFolder,
    referenceArgument(reference, platform),
    l10n.t('Look into the image in the explorer; nothing is pulled'),
  );
}

function referrersLink(reference: Reference, platform: string | undefined): string {
  return hoverLink(
    l10n.t('Referrers'),
    commands.showReferrers,
    referenceArgument(reference, platform),
    l10n.t('Signatures, SBOMs and attestations of the image'),
  );
}

export function copyDigestLink(digest: Digest): string {
  return hoverLink('$(copy)', commands.copyImageDigest, { digest }, l10n.t('Copy digest {0}', digest));
}

export function signInLink(registry: string): string {
  return hoverLink(l10n.t('Sign in…'), commands.signIn, { registry }, l10n.t('Sign in to {0}', registry));
}
