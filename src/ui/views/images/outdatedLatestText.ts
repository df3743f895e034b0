import { l10n } from 'vscode';
import type { OutdatedLatest } from '../../../engine/listing/outdatedLatest.ts';

/** That `latest` is a name like any other. Tags hold nothing that Markdown would take for its own, underscores aside. */
export function outdatedLatestText({ latestIs, newest }: OutdatedLatest): string {
  const newer = newest.tag.tag.replaceAll('_', '\\_');
  return latestIs === undefined
    ? l10n.t('**latest** is not the newest here: **{0}** is newer', newer)
    : l10n.t('**latest** is {0}; the newest here is **{1}**', latestIs.replaceAll('_', '\\_'), newer);
}
