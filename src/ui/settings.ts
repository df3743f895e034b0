import { type ConfigurationChangeEvent, ConfigurationTarget, workspace } from 'vscode';
import { type SettingName, type SettingValue, settings } from '../contributions.ts';
import { isEngineError } from '../engine/errors.ts';
import { imageGroupings } from '../engine/listing/groupImages.ts';
import { imageOrders } from '../engine/listing/sortImages.ts';
import { isRegistry } from '../engine/oci/reference.ts';
import { parseRegistryPlace, type RegistryPlace } from '../engine/registry/registryPlace.ts';
import { type ImagePart, type ImagesLook, imageLabels, imageParts } from './views/images/imagesLook.ts';

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

/** The registries that the user connected, in their order; what is none is left out. */
export function registriesSetting(): readonly RegistryPlace[] {
  const value = read('registries');
  const texts = Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
  return [...new Set(texts)].flatMap((text) => registryPlace(text) ?? []);
}

function registryPlace(text: string): RegistryPlace | undefined {
  try {
    return parseRegistryPlace(text);
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return undefined;
    throw error;
  }
}

/** Hosts to read a registry's images from first, by the registry. */
export function registryMirrorsSetting(): ReadonlyMap<string, readonly string[]> {
  const value = read('registryMirrors');
  if (typeof value !== 'object' || value === null) return new Map();
  const hosts = (list: unknown) =>
    Array.isArray(list) ? list.filter((host) => typeof host === 'string' && isRegistry(host)) : [];
  return new Map(Object.entries(value).map(([registry, list]) => [registry, hosts(list)]));
}

export function affectsRegistries(event: ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(settings.registries.id);
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

/** Names of Docker engines that the Images view does not show; `*` is all of them. */
export function hiddenEnginesSetting(): SettingValue<'hiddenEngines'> {
  const value = read('hiddenEngines');
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

/** How the Images view is to be. */
export function imagesLook(): ImagesLook {
  return {
    groupBy: oneOf('imagesGroupBy', imageGroupings),
    sortBy: oneOf('imagesSortBy', imageOrders),
    label: oneOf('imagesLabel', imageLabels),
    description: imagesDescription(),
    showDangling: read('imagesShowDangling') !== false,
    showEmptySteps: read('imagesShowEmptySteps') === true,
  };
}

function imagesDescription(): readonly ImagePart[] {
  const value = read('imagesDescription');
  if (!Array.isArray(value)) return settings.imagesDescription.defaultValue;
  return value.filter((part): part is ImagePart => imageParts.includes(part));
}

function oneOf<N extends 'imagesGroupBy' | 'imagesSortBy' | 'imagesLabel'>(
  name: N,
  values: readonly SettingValue<N>[],
): SettingValue<N> {
  const value = read(name);
  return values.find((one) => one === value) ?? settings[name].defaultValue;
}

/** Changes a setting where the user has it: in the workspace where that has its own value, else in the user's settings. */
export async function changeSetting<N extends SettingName>(name: N, value: SettingValue<N>): Promise<void> {
  const { id } = settings[name];
  const configuration = workspace.getConfiguration();
  const isOwn = configuration.inspect(id)?.workspaceValue !== undefined;
  await configuration.update(id, value, isOwn ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
}

const imagesViewSection = 'strata.images';

export function affectsImagesView(event: ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(imagesViewSection);
}

const engineSettings = [
  settings.storeDirectory,
  settings.insecureRegistries,
  settings.idleTimeout,
  settings.registryMirrors,
];

export function affectsEngine(event: ConfigurationChangeEvent): boolean {
  return engineSettings.some(({ id }) => event.affectsConfiguration(id));
}
