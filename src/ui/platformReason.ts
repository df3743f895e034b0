import { l10n } from 'vscode';
import { bestMatch, formatPlatform, hostPlatform, type Platform } from '../engine/oci/platform.ts';

/** Why this platform and no other: it is this machine's, runs here, or was asked for. */
export function platformReason(platform: Platform): string {
  const host = hostPlatform();
  const name = formatPlatform(host);
  if (formatPlatform(platform) === name) return l10n.t('this machine');
  return bestMatch([{ platform }], host)
    ? l10n.t('runs on this machine, {0}', name)
    : l10n.t('asked for; this machine is {0}', name);
}
