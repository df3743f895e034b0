import { l10n } from 'vscode';
import type { Mention, MentionReason } from '../documents/mention.ts';
import { isEngineError } from '../engine/errors.ts';
import { parseReference } from '../engine/oci/reference.ts';
import { foreignText } from './foreignText.ts';

/** Why a mention names no image, in a sentence; nothing where it names one. */
export function reasonText(mention: Mention): string {
  return mention.reason === undefined ? '' : sentences[mention.reason](mention);
}

/** The same in a word or two. */
export function reasonLabel({ reason }: Mention): string {
  return reason === undefined ? '' : labels[reason]();
}

const sentences: Record<MentionReason, (mention: Mention) => string> = {
  scratch: () => l10n.t('The empty image: there is nothing to pull.'),
  stage: ({ namedStage }) =>
    namedStage
      ? l10n.t('Stage {0} of this file, line {1}.', foreignText(namedStage.name, 60), namedStage.line + 1)
      : l10n.t('A stage of this file.'),
  'unresolved-argument': () => l10n.t('A variable without a value here: known only when it is built.'),
  built: () => l10n.t('The name that the image built here will get.'),
  invalid: ({ text }) => l10n.t('Not an image reference: {0}.', problemOf(text)),
};

const labels: Record<MentionReason, () => string> = {
  scratch: () => l10n.t('empty image'),
  stage: () => l10n.t('stage of this file'),
  'unresolved-argument': () => l10n.t('variable without a value'),
  built: () => l10n.t('built here'),
  invalid: () => l10n.t('not a reference'),
};

function problemOf(text: string): string {
  try {
    parseReference(text);
  } catch (error) {
    if (isEngineError(error)) return foreignText(error.message, 150);
    throw error;
  }
  return l10n.t('it does not parse once its variables are substituted');
}
