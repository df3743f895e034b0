import { l10n } from 'vscode';
import type { LeftOut } from '../engine/images/exportEvent.ts';
import { formatCount } from './format.ts';

/**
 * What an export left out, in a sentence; nothing where all that matters is there. That files belong to whom they are
 * written by goes without saying.
 */
export function leftOutText({ devices, links, names, setIds, attributes }: LeftOut): string {
  const parts = [
    devices > 0 && l10n.t('{0} devices and pipes', formatCount(devices)),
    links > 0 && l10n.t('{0} hard links to files outside', formatCount(links)),
    names > 0 && l10n.t('{0} names that this disk cannot have', formatCount(names)),
    setIds > 0 && l10n.t('the set-ID bits of {0} files', formatCount(setIds)),
    attributes > 0 && l10n.t('the extended attributes of {0} files', formatCount(attributes)),
  ].filter((part) => part !== false);
  return parts.length === 0 ? '' : l10n.t('Left out: {0}.', parts.join(', '));
}
