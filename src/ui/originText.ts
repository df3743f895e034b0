import { l10n } from 'vscode';
import { isOfficial, type Reference } from '../engine/oci/reference.ts';

/** Whose image it is, in a word: Docker's curated ones are told from all others, whose registry says it. */
export function originText(name: Reference): string {
  return isOfficial(name) ? l10n.t('official') : name.registry;
}
