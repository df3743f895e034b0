import { l10n, ThemeIcon } from 'vscode';
import type { Referrer, ReferrerPart } from '../../engine/image.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import { formatPlatform } from '../../engine/oci/platform.ts';
import type { ReferrerKind } from '../../engine/oci/referrerKind.ts';
import { inertText } from '../foreignText.ts';
import { formatCreated, formatSize } from '../format.ts';

const icons: Record<ReferrerKind, string> = {
  signature: 'key',
  sbom: 'list-tree',
  provenance: 'git-commit',
  attestation: 'checklist',
  other: 'file',
};

export function kindText(kind: ReferrerKind): string {
  const texts: Record<ReferrerKind, string> = {
    signature: l10n.t('Signature'),
    sbom: l10n.t('SBOM'),
    provenance: l10n.t('Provenance'),
    attestation: l10n.t('Attestation'),
    other: l10n.t('Artifact'),
  };
  return texts[kind];
}

export function kindIcon(kind: ReferrerKind): ThemeIcon {
  return new ThemeIcon(icons[kind]);
}

/** What people look for first: who vouches for it, what is in it, where it comes from. */
export const kindOrder: readonly ReferrerKind[] = ['signature', 'sbom', 'provenance', 'attestation', 'other'];

/** For which platform, since when, of which type. */
export function referrerFacts(referrer: Referrer): string {
  const { platform, predicateType, artifactType, created, descriptor, foundBy } = referrer;
  return [
    platform && inertText(formatPlatform(platform), 40),
    inertText(predicateType ?? artifactType ?? '', 80),
    foundBy === 'tag' && l10n.t('tagged by cosign'),
    formatCreated(created),
    shortDigest(descriptor.digest),
  ]
    .filter(Boolean)
    .join(' · ');
}

export function partFacts({ predicateType, descriptor }: ReferrerPart): string {
  return [inertText(predicateType ?? descriptor.mediaType, 80), formatSize(descriptor.size)].join(' · ');
}
