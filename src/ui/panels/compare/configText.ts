import { l10n } from 'vscode';
import type { ConfigDifference, ConfigField, ConfigValue } from '../../../engine/images/compareConfigs.ts';
import type { ConfigChange } from '../../../protocol/comparePage.ts';

/** Characters of a value that a page is given: a label may hold a whole document. */
const longestValue = 20_000;

/** A difference as the page shows it; `undefined` of what it shows elsewhere. */
export function configChange({ field, name, before, after }: ConfigDifference): ConfigChange | undefined {
  // Layers stand beside one another with the steps that made them.
  if (field === 'layer' || field === 'history') return undefined;
  return { field: fieldName(field), name: name ?? '', before: valueText(before), after: valueText(after) };
}

function valueText(value: ConfigValue | null): string | null {
  if (value === null) return null;
  if (value === true) return '';
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, longestValue);
}

function fieldName(field: Exclude<ConfigField, 'layer' | 'history'>): string {
  const names: Record<typeof field, string> = {
    platform: l10n.t('Platform'),
    user: l10n.t('User'),
    workingDir: l10n.t('Working directory'),
    entrypoint: l10n.t('Entrypoint'),
    cmd: l10n.t('Command'),
    shell: l10n.t('Shell'),
    stopSignal: l10n.t('Stop signal'),
    stopTimeout: l10n.t('Stop timeout (seconds)'),
    healthcheck: l10n.t('Health check'),
    onBuild: l10n.t('On build'),
    env: l10n.t('Environment'),
    port: l10n.t('Port'),
    volume: l10n.t('Volume'),
    label: l10n.t('Label'),
    author: l10n.t('Author'),
    created: l10n.t('Created'),
    dockerVersion: l10n.t('Docker version'),
    mediaType: l10n.t('Media type'),
    artifactType: l10n.t('Artifact type'),
    annotation: l10n.t('Annotation'),
  };
  return names[field];
}
