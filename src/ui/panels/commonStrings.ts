import { l10n } from 'vscode';
import type { CommonStrings } from '../../protocol/commonStrings.ts';

/** The words that every page has, in the editor's language. */
export function commonStrings(): CommonStrings {
  return {
    loading: l10n.t('Loading…'),
    received: l10n.t('{0} of {1}'),
    cancel: l10n.t('Cancel'),
    cancelled: l10n.t('Cancelled'),
    tryAgain: l10n.t('Try Again'),
    signIn: l10n.t('Sign In…'),
    notFoundTitle: l10n.t('Not found'),
    signInTitle: l10n.t('Signing in may help'),
    offlineTitle: l10n.t('Not reachable'),
    rateLimitedTitle: l10n.t('Too many requests'),
    errorTitle: l10n.t('That did not work'),
  };
}
