import { EngineError } from '../errors.ts';
import { asArray, asObject, asString, optional } from '../oci/json.ts';

/** What `/version` tells. https://docs.docker.com/reference/api/engine/version/v1.47/#tag/System/operation/SystemVersion */
export interface EngineVersion {
  /** `Docker Engine`, `Podman Engine` */
  readonly product: string;
  /** Of the product: `27.3.1` */
  readonly release: string;
  /** The newest and the oldest API that it speaks: `1.47` */
  readonly api: string;
  readonly minApi?: string;
  readonly os?: string;
  readonly architecture?: string;
}

/** The newest API whose answers are known here. */
const ownApi = '1.47';
/** Docker 1.12; older ones name images in other ways. */
const oldestApi = '1.24';

/** @throws `Corrupt` */
export function parseVersion(json: unknown): EngineVersion {
  const what = 'the version';
  const object = asObject(json, what);
  const [component] = optional(object.Components, `${what}: Components`, asArray) ?? [];
  const product = component === undefined ? undefined : asObject(component, what).Name;
  const minApi = optional(object.MinAPIVersion, `${what}: MinAPIVersion`, asString);
  const os = optional(object.Os, `${what}: Os`, asString);
  const architecture = optional(object.Arch, `${what}: Arch`, asString);
  return {
    product: productName(optional(product, `${what}: Name`, asString)),
    release: optional(object.Version, `${what}: Version`, asString) ?? '',
    api: apiVersion(object.ApiVersion),
    ...(minApi && { minApi: apiVersion(minApi) }),
    ...(os && { os }),
    ...(architecture && { architecture }),
  };
}

/** Docker's first component is called `Engine`. */
function productName(name: string | undefined): string {
  return name === undefined || name === 'Engine' ? 'Docker Engine' : name;
}

function apiVersion(value: unknown): string {
  const text = asString(value, 'ApiVersion');
  if (/^\d{1,4}\.\d{1,4}$/.test(text)) return text;
  throw new EngineError('Corrupt', 'ApiVersion is no version');
}

/** The newest version that both sides speak. @throws `Unsupported` */
export function negotiate({ api, minApi, release }: EngineVersion, name: string): string {
  const chosen = isOlder(api, ownApi) ? api : ownApi;
  if (!isOlder(chosen, oldestApi) && !(minApi && isOlder(chosen, minApi))) return chosen;
  const text = `the Docker engine ${name} (${release || `API ${api}`}) is not one that this version can talk to`;
  throw new EngineError('Unsupported', text, { engine: name });
}

function isOlder(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA < majorB || (majorA === majorB && minorA < minorB);
}
