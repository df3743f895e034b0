import { EngineError } from '../errors.ts';
import { type DiffId, parseDigest } from './digest.ts';
import {
  asArray,
  asInteger,
  asObject,
  asString,
  asStringArray,
  asStringMap,
  type JsonObject,
  optional,
  parseJson,
} from './json.ts';
import { type Platform, platformFromJson } from './platform.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md */
export interface ImageConfig {
  readonly platform: Platform;
  readonly created?: Date;
  readonly author?: string;
  readonly dockerVersion?: string;
  readonly config: ContainerConfig;
  /** Lowest layer first; as many as the manifest has layers. */
  readonly diffIds: readonly DiffId[];
  readonly history: readonly HistoryEntry[];
}

export interface ContainerConfig {
  readonly user?: string;
  /** `80/tcp`, sorted as written. */
  readonly exposedPorts: readonly string[];
  readonly env: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly volumes: readonly string[];
  readonly workingDir?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal?: string;
  /** Seconds; -1 is for ever. */
  readonly stopTimeout?: number;
  readonly shell?: readonly string[];
  readonly onBuild?: readonly string[];
  /** As Docker writes it: `Test`, `Interval` and other spans in nanoseconds, `Retries`. */
  readonly healthcheck?: JsonObject;
}

export interface HistoryEntry {
  readonly created?: Date;
  readonly createdBy: string;
  readonly author?: string;
  readonly comment: string;
  /** The step made no layer (ENV, CMD, …). */
  readonly emptyLayer: boolean;
}

/** A config's own bytes are at most this many. */
export const maxConfigBytes = 4 * 1024 * 1024;

/** @throws `Corrupt` */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const object = asObject(parseJson(bytes, 'the image config'), 'the image config');
  const rootfs = asObject(object.rootfs, 'rootfs');
  if (rootfs.type !== 'layers') throw new EngineError('Corrupt', 'rootfs.type must be "layers"');
  const created = optional(object.created, 'created', asDate);
  const author = optional(object.author, 'author', asString);
  const dockerVersion = optional(object.docker_version, 'docker_version', asString);
  return {
    platform: platformFromJson(object, 'the image config'),
    ...(created && { created }),
    ...(author !== undefined && { author }),
    ...(dockerVersion !== undefined && { dockerVersion }),
    config: containerConfig(optional(object.config, 'config', asObject) ?? {}),
    diffIds: (optional(rootfs.diff_ids, 'rootfs.diff_ids', asArray) ?? []).map(parseDigest),
    history: (optional(object.history, 'history', asArray) ?? []).map(historyEntry),
  };
}

function containerConfig(object: JsonObject): ContainerConfig {
  const user = optional(object.User, 'config.User', asString);
  const entrypoint = optional(object.Entrypoint, 'config.Entrypoint', asStringArray);
  const cmd = optional(object.Cmd, 'config.Cmd', asStringArray);
  const workingDir = optional(object.WorkingDir, 'config.WorkingDir', asString);
  const stopSignal = optional(object.StopSignal, 'config.StopSignal', asString);
  const stopTimeout = optional(object.StopTimeout, 'config.StopTimeout', asInteger);
  const shell = optional(object.Shell, 'config.Shell', asStringArray);
  const onBuild = optional(object.OnBuild, 'config.OnBuild', asStringArray);
  const healthcheck = optional(object.Healthcheck, 'config.Healthcheck', asObject);
  return {
    ...(user && { user }),
    exposedPorts: Object.keys(optional(object.ExposedPorts, 'config.ExposedPorts', asObject) ?? {}),
    env: optional(object.Env, 'config.Env', asStringArray) ?? [],
    ...(entrypoint && { entrypoint }),
    ...(cmd && { cmd }),
    volumes: Object.keys(optional(object.Volumes, 'config.Volumes', asObject) ?? {}),
    ...(workingDir && { workingDir }),
    labels: optional(object.Labels, 'config.Labels', asStringMap) ?? {},
    ...(stopSignal && { stopSignal }),
    ...(stopTimeout !== undefined && { stopTimeout }),
    ...(shell && { shell }),
    ...(onBuild && { onBuild }),
    ...(healthcheck && { healthcheck }),
  };
}

function historyEntry(value: unknown, index: number): HistoryEntry {
  const what = `history[${index}]`;
  const object = asObject(value, what);
  const created = optional(object.created, `${what}.created`, asDate);
  const author = optional(object.author, `${what}.author`, asString);
  return {
    ...(created && { created }),
    createdBy: optional(object.created_by, `${what}.created_by`, asString) ?? '',
    ...(author !== undefined && { author }),
    comment: optional(object.comment, `${what}.comment`, asString) ?? '',
    emptyLayer: object.empty_layer === true,
  };
}

/** RFC 3339; Docker writes nanoseconds, of which a Date keeps milliseconds. */
function asDate(value: unknown, what: string): Date {
  const date = new Date(asString(value, what));
  if (Number.isNaN(date.getTime())) throw new EngineError('Corrupt', `${what} must be an RFC 3339 time`);
  return date;
}
