import {
  type ConfigField,
  containerConfigFields,
  type FieldType,
  healthFields,
} from '../oci/containerConfigDocument.ts';
import { asObject, type JsonObject } from '../oci/json.ts';
import { zeroTime } from '../oci/rfc3339Nano.ts';
import { type GoType, namedType } from './goTemplate/goType.ts';
import {
  type GoField,
  type GoMethods,
  type GoValue,
  goInt64,
  goMap,
  goNil,
  goPointer,
  goSlice,
  goStrings,
  goStruct,
  goTyped,
} from './goTemplate/goValue.ts';

const words = namedType('strslice.StrSlice', '[]string');
namedType('nat.Port', 'string');
const ports = namedType('nat.PortSet', 'map[nat.Port]struct {}');
const duration = namedType('time.Duration', 'int64');
const month = namedType('time.Month', 'int');
const weekday = namedType('time.Weekday', 'int');

/**
 * The document of `image inspect` as the value that Docker's own programs hand to a template.
 * https://github.com/moby/moby/blob/v20.10.24/api/types/types.go (`ImageInspect`)
 */
export function inspectionValue(document: JsonObject): GoValue {
  const text = (name: string) => ({ name, value: textOf(document[name]) });
  const optionalText = (name: string) => ({ ...text(name), json: `${name},omitempty` });
  return goStruct('types.ImageInspect', [
    { name: 'ID', value: textOf(document.Id), json: 'Id' },
    { name: 'RepoTags', value: strings(document.RepoTags) },
    { name: 'RepoDigests', value: strings(document.RepoDigests) },
    ...['Parent', 'Comment', 'Created', 'Container'].map(text),
    { name: 'ContainerConfig', value: configValue(document.ContainerConfig) },
    ...['DockerVersion', 'Author'].map(text),
    { name: 'Config', value: configValue(document.Config) },
    text('Architecture'),
    optionalText('Variant'),
    text('Os'),
    optionalText('OsVersion'),
    ...['Size', 'VirtualSize'].map((name) => ({ name, value: goInt64(integer(document[name])) })),
    { name: 'GraphDriver', value: graphDriverValue(asObject(document.GraphDriver, 'GraphDriver')) },
    { name: 'RootFS', value: rootFsValue(asObject(document.RootFS, 'RootFS')) },
    { name: 'Metadata', value: metadataValue(asObject(document.Metadata, 'Metadata')) },
  ]);
}

function configValue(config: unknown): GoValue {
  if (config === null || config === undefined) return goNil('*container.Config');
  return goStruct('*container.Config', structFields(containerConfigFields, asObject(config, 'Config')));
}

function structFields(fields: readonly ConfigField[], object: JsonObject): readonly GoField[] {
  return fields.map(({ name, type, omitEmpty }) => ({
    name,
    value: fieldValue(name, type, object[name]),
    ...(omitEmpty && { json: `${name},omitempty` }),
  }));
}

function fieldValue(name: string, type: FieldType, value: unknown): GoValue {
  switch (type) {
    case 'string':
      return textOf(value);
    case 'boolean':
      return value === true;
    case 'integer':
      return name === 'Retries' ? BigInt(integer(value)) : durationValue(integer(value));
    case 'integer or null':
      return value === undefined ? goNil('*int') : goPointer(BigInt(integer(value)));
    case 'strings':
      return strings(value);
    case 'words':
      return Array.isArray(value) ? goSlice(words, value.map(textOf)) : goNil(words);
    case 'set':
      return name === 'ExposedPorts'
        ? setValue(ports, value, portMethods)
        : setValue('map[string]struct {}', value);
    case 'texts':
      return textsValue(value);
    case 'health':
      return healthValue(value);
  }
}

/** https://pkg.go.dev/github.com/docker/go-connections/nat#Port */
const portMethods: GoMethods = {
  Port: (port) => portParts(port).number,
  Proto: (port) => portParts(port).protocol,
  Int: (port) => BigInt(/^\d{1,5}$/.exec(portParts(port).number)?.[0] ?? 0),
};

/** `8080/tcp`; of nothing nothing is known. */
function portParts(value: GoValue): { readonly number: string; readonly protocol: string } {
  const text = typeof value === 'object' && value.kind === 'typed' ? String(value.value) : '';
  const [number = '', protocol = ''] = text.split('/');
  return { number, protocol: number === '' ? '' : protocol || 'tcp' };
}

function setValue(type: Parameters<typeof goMap>[0], value: unknown, keyMethods?: GoMethods): GoValue {
  if (value === null || value === undefined) return goNil(type);
  const keys = Object.keys(asObject(value, 'set'));
  return goMap(type, new Map(keys.map((key) => [key, goStruct('struct {}', [])])), keyMethods);
}

function textsValue(value: unknown): GoValue {
  if (value === null || value === undefined) return goNil('map[string]string');
  return goMap(
    'map[string]string',
    new Map(Object.entries(asObject(value, 'Labels')).map(([key, text]) => [key, textOf(text)])),
  );
}

function healthValue(value: unknown): GoValue {
  if (value === null || value === undefined) return goNil('*container.HealthConfig');
  return goStruct('*container.HealthConfig', structFields(healthFields, asObject(value, 'Healthcheck')));
}

function graphDriverValue({ Name }: JsonObject): GoValue {
  return goStruct('types.GraphDriverData', { Data: goNil('map[string]string'), Name: textOf(Name) });
}

function rootFsValue({ Type, Layers }: JsonObject): GoValue {
  return goStruct('types.RootFS', [
    { name: 'Type', value: textOf(Type) },
    { name: 'Layers', value: strings(Layers), json: 'Layers,omitempty' },
    { name: 'BaseLayer', value: '', json: 'BaseLayer,omitempty' },
  ]);
}

function metadataValue({ LastTagTime }: JsonObject): GoValue {
  return goStruct('types.ImageMetadata', { LastTagTime: timeValue(textOf(LastTagTime)) });
}

/** A time prints as Go prints one, and is written to JSON as it stands. */
function timeValue(text: string): GoValue {
  const printed = `${text.replace('T', ' ').replace('Z', '')} +0000 UTC`;
  const methods = { String: () => printed, IsZero: () => text === zeroTime, ...calendarMethods(text) };
  return goStruct('time.Time', [], methods, () => text);
}

/** https://pkg.go.dev/time#Time, for a time in UTC to the nanosecond. */
function calendarMethods(text: string): GoMethods {
  const date = new Date(text);
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  const nanoseconds = BigInt(fraction.padEnd(9, '0'));
  const seconds = BigInt(Math.floor(date.getTime() / 1000));
  const named = (type: GoType, value: number, name: string) =>
    goTyped(type, BigInt(value), { String: () => name });
  const nameOf = (part: 'month' | 'weekday') =>
    date.toLocaleString('en-US', { [part]: 'long', timeZone: 'UTC' });
  return {
    Year: () => BigInt(date.getUTCFullYear()),
    Month: () => named(month, date.getUTCMonth() + 1, nameOf('month')),
    Day: () => BigInt(date.getUTCDate()),
    Weekday: () => named(weekday, date.getUTCDay(), nameOf('weekday')),
    Hour: () => BigInt(date.getUTCHours()),
    Minute: () => BigInt(date.getUTCMinutes()),
    Second: () => BigInt(date.getUTCSeconds()),
    Nanosecond: () => nanoseconds,
    Unix: () => goInt64(seconds),
    UnixNano: () => goInt64(BigInt.asIntN(64, seconds * 1_000_000_000n + nanoseconds)),
  };
}

/** `1m30s` */
function durationValue(nanoseconds: number): GoValue {
  const whole = (unit: number) => goInt64(Math.trunc(nanoseconds / unit));
  return goTyped(duration, BigInt(nanoseconds), {
    String: () => durationText(nanoseconds),
    Hours: () => nanoseconds / 3600e9,
    Minutes: () => nanoseconds / 60e9,
    Seconds: () => nanoseconds / 1e9,
    Milliseconds: () => whole(1e6),
    Microseconds: () => whole(1e3),
    Nanoseconds: () => whole(1),
  });
}

/** https://pkg.go.dev/time#Duration.String */
function durationText(nanoseconds: number): string {
  const size = Math.abs(nanoseconds);
  if (size === 0) return '0s';
  const sign = nanoseconds < 0 ? '-' : '';
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${size / 1e3}µs`;
  if (size < 1e9) return `${sign}${size / 1e6}ms`;
  const [hours, minutes] = [Math.floor(size / 3600e9), Math.floor(size / 60e9) % 60];
  const seconds = `${(size % 60e9) / 1e9}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

function strings(value: unknown): GoValue {
  return Array.isArray(value) ? goStrings(value.map(textOf)) : goNil('[]string');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function integer(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
