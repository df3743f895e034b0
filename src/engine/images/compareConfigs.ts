import type { DiffId } from '../oci/digest.ts';
import type { ContainerConfig, HistoryEntry, ImageConfig } from '../oci/imageConfig.ts';
import type { JsonObject } from '../oci/json.ts';
import type { Manifest } from '../oci/manifest.ts';
import { formatPlatform, type Platform } from '../oci/platform.ts';

/** What an image says of itself, beside its files. */
export interface ImageDescription {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
}

/** In the order in which differences are listed: how it runs, where it comes from, what it is made of. */
export type ConfigField =
  | 'platform'
  | 'user'
  | 'workingDir'
  | 'entrypoint'
  | 'cmd'
  | 'shell'
  | 'stopSignal'
  /** Seconds. */
  | 'stopTimeout'
  | 'healthcheck'
  | 'onBuild'
  | 'env'
  | 'port'
  | 'volume'
  | 'label'
  | 'author'
  | 'created'
  | 'dockerVersion'
  | 'history'
  | 'layer'
  | 'mediaType'
  | 'artifactType'
  | 'annotation';

/** `true` for a port or volume, which is there and has no value. */
export type ConfigValue = string | number | true | readonly string[] | JsonObject;

/** One thing that two images say otherwise of themselves. */
export interface ConfigDifference {
  readonly field: ConfigField;
  /**
   * Which of several: a variable, `80/tcp`, a volume's path, a label's or annotation's key, the number of a history step
   * (from 0), a layer's diffId. `null` where there is only one.
   */
  readonly name: string | null;
  /**
   * `null` where it is not there. A time as RFC 3339, a history step as the command that made it, a layer as the digest it
   * is distributed by.
   */
  readonly before: ConfigValue | null;
  readonly after: ConfigValue | null;
}

/**
 * What two images say otherwise of themselves, in the order of {@link ConfigField}, then by name. Neither the order of
 * variables, labels and the like counts, nor the times of single history steps. Steps and layers that both have at the
 * bottom or at the top are the same; what lies between them is gone or new.
 */
export function compareConfigs(
  before: ImageDescription,
  after: ImageDescription,
): readonly ConfigDifference[] {
  return [
    ...single('platform', platformText(before.config.platform), platformText(after.config.platform)),
    ...runDifferences(before.config.config, after.config.config),
    ...originDifferences(before.config, after.config),
    ...layerDifferences(before, after),
    ...manifestDifferences(before.manifest, after.manifest),
  ];
}

/** How many of the lowest layers both have. */
export function sharedLayers(
  before: Pick<ImageDescription, 'config'>,
  after: Pick<ImageDescription, 'config'>,
): number {
  return commonStart(before.config.diffIds, after.config.diffIds);
}

function runDifferences(before: ContainerConfig, after: ContainerConfig): ConfigDifference[] {
  const fields = [
    ...(['user', 'workingDir', 'entrypoint', 'cmd', 'shell', 'stopSignal', 'stopTimeout'] as const),
    ...(['healthcheck', 'onBuild'] as const),
  ];
  return [
    ...fields.flatMap((field) => single(field, before[field], after[field])),
    ...named('env', variables(before.env), variables(after.env)),
    ...named('port', present(before.exposedPorts), present(after.exposedPorts)),
    ...named('volume', present(before.volumes), present(after.volumes)),
    ...named('label', entries(before.labels), entries(after.labels)),
  ];
}

function originDifferences(before: ImageConfig, after: ImageConfig): ConfigDifference[] {
  return [
    ...single('author', before.author, after.author),
    ...single('created', before.created?.toISOString(), after.created?.toISOString()),
    ...single('dockerVersion', before.dockerVersion, after.dockerVersion),
    ...historyDifferences(before.history.map(stepText), after.history.map(stepText)),
  ];
}

function historyDifferences(before: readonly string[], after: readonly string[]): ConfigDifference[] {
  const [start, end] = commonEnds(before, after);
  const step = (text: string, at: number) => ({ name: String(start + at), text });
  return [
    ...before
      .slice(start, before.length - end)
      .map(step)
      .map(({ name, text }) => difference('history', name, text, undefined)),
    ...after
      .slice(start, after.length - end)
      .map(step)
      .map(({ name, text }) => difference('history', name, undefined, text)),
  ];
}

/** A layer that is distributed in another form (packed anew, say) is the same layer with another digest. */
function layerDifferences(before: ImageDescription, after: ImageDescription): ConfigDifference[] {
  const [old, now] = [layersOf(before), layersOf(after)];
  const [start, end] = commonEnds(before.config.diffIds, after.config.diffIds);
  const joined = [...old.slice(0, start), ...old.slice(old.length - end)];
  const joinedNow = [...now.slice(0, start), ...now.slice(now.length - end)];
  return [
    ...joined.flatMap(({ diffId, digest }, at) => single('layer', digest, joinedNow[at]?.digest, diffId)),
    ...old
      .slice(start, old.length - end)
      .map(({ diffId, digest }) => difference('layer', diffId, digest, undefined)),
    ...now
      .slice(start, now.length - end)
      .map(({ diffId, digest }) => difference('layer', diffId, undefined, digest)),
  ];
}

function layersOf({ manifest, config }: ImageDescription): readonly { diffId: DiffId; digest: string }[] {
  return config.diffIds.map((diffId, at) => ({ diffId, digest: manifest.layers[at]?.digest ?? diffId }));
}

function manifestDifferences(before: Manifest, after: Manifest): ConfigDifference[] {
  return [
    ...single('mediaType', before.mediaType, after.mediaType),
    ...single('artifactType', before.artifactType, after.artifactType),
    ...named('annotation', entries(before.annotations ?? {}), entries(after.annotations ?? {})),
  ];
}

function single(
  field: ConfigField,
  before: ConfigValue | undefined,
  after: ConfigValue | undefined,
  name: string | null = null,
): ConfigDifference[] {
  return canonical(before) === canonical(after) ? [] : [difference(field, name, before, after)];
}

function named(
  field: ConfigField,
  before: ReadonlyMap<string, ConfigValue>,
  after: ReadonlyMap<string, ConfigValue>,
): ConfigDifference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => single(field, before.get(name), after.get(name), name));
}

function difference(
  field: ConfigField,
  name: string | null,
  before: ConfigValue | undefined,
  after: ConfigValue | undefined,
): ConfigDifference {
  return { field, name, before: before ?? null, after: after ?? null };
}

/** The order of an object's keys says nothing. */
function canonical(value: ConfigValue | undefined): string | undefined {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))
      : part,
  );
}

/** Of a variable that is set twice the last holds, as for a process. */
function variables(env: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    env.map((text) => {
      const sign = text.indexOf('=');
      return sign < 0 ? [text, ''] : [text.slice(0, sign), text.slice(sign + 1)];
    }),
  );
}

function present(names: readonly string[]): ReadonlyMap<string, true> {
  return new Map(names.map((name) => [name, true]));
}

function entries(map: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(map));
}

function stepText({ createdBy, comment }: HistoryEntry): string {
  return [createdBy, comment && `# ${comment}`].filter(Boolean).join(' ');
}

function platformText(platform: Platform): string {
  const { osVersion, osFeatures } = platform;
  return [formatPlatform(platform), osVersion, ...(osFeatures ?? [])].filter(Boolean).join(' ');
}

/** How many values both begin with, and how many of the rest both end with. */
function commonEnds(before: readonly string[], after: readonly string[]): readonly [number, number] {
  const start = commonStart(before, after);
  return [start, commonStart(before.slice(start).reverse(), after.slice(start).reverse())];
}

function commonStart(before: readonly string[], after: readonly string[]): number {
  const end = before.findIndex((value, at) => value !== after[at]);
  return end < 0 ? before.length : end;
}
