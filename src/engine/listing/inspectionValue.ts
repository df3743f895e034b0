import {
  type ConfigField,
  containerConfigFields,
  type FieldType,
  healthFields,
} from '../oci/containerConfigDocument.ts';
import { asObject, type JsonObject } from '../oci/json.ts';
import { namedType } from './goTemplate/goType.ts';
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
} from './goTemplate/goValue.ts';
import { durationValue, timeValue } from './goTimeValue.ts';

const words = namedType('strslice.StrSlice', '[]string');
namedType('nat.Port', 'string');
const ports = namedType('nat.PortSet', 'map[nat.Port]struct {}');

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

function strings(value: unknown): GoValue {
  return Array.isArray(value) ? goStrings(value.map(textOf)) : goNil('[]string');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function integer(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
