import { type ConfigurationChangeEvent, workspace } from 'vscode';
import { type SettingName, type SettingValue, settings } from '../contributions.ts';
import { isRegistry } from '../engine/oci/reference.ts';

/** What the user set, as far as it is of the kind that was asked for. */
function read<N extends SettingName>(name: N): unknown {
  return workspace.getConfiguration().get<unknown>(settings[name].id);
}

export function storeDirectorySetting(): SettingValue<'storeDirectory'> {
  const value = read('storeDirectory');
  return typeof value === 'string' ? value.trim() : settings.storeDirectory.defaultValue;
}

export function insecureRegistriesSetting(): SettingValue<'insecureRegistries'> {
  const value = read('insecureRegistries');
  if (!Array.isArray(value)) return settings.insecureRegistries.defaultValue;
  return value.filter((host) => typeof host === 'string' && isRegistry(host));
}

/** Milliseconds. */
export function idleTimeoutSetting(): number {
  const value = read('idleTimeout');
  const seconds = typeof value === 'number' && value >= 1 ? value : settings.idleTimeout.defaultValue;
  return Math.min(seconds, 3600) * 1000;
}

export function terminalEnabledSetting(): boolean {
  return read('terminalEnabled') !== false;
}

const engineSettings = [settings.storeDirectory, settings.insecureRegistries, settings.idleTimeout];

export function affectsEngine(event: ConfigurationChangeEvent): boolean {
  return engineSettings.some(({ id }) => event.affectsConfiguration(id));
}
