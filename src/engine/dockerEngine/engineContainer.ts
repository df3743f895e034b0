import type { Digest } from '../oci/digest.ts';
import { asArray, asObject, asString, asStringArray, optional } from '../oci/json.ts';
import { imageId } from './engineImage.ts';

/** A container of an engine, running or not. */
export interface EngineContainer {
  readonly id: string;
  /** Without a slash: `web-1` */
  readonly name: string;
  /** What it was made from, as it was written then: `golftrack:1.5`. Its tag may have moved since. */
  readonly image: string;
  /** The image that it is made of. */
  readonly imageId: Digest;
  /** `created`, `running`, `paused`, `restarting`, `exited`, `dead` */
  readonly state: string;
  /** For people: `Up 5 minutes` */
  readonly status: string;
  readonly created?: Date;
}

/** https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Container/operation/ContainerList @throws `Corrupt` */
export function parseContainers(json: unknown): readonly EngineContainer[] {
  return asArray(json, 'the containers').map((row, index) => {
    const what = `containers[${index}]`;
    const object = asObject(row, what);
    const id = asString(object.Id, `${what}.Id`);
    const [name = ''] = optional(object.Names, `${what}.Names`, asStringArray) ?? [];
    const created = typeof object.Created === 'number' ? new Date(object.Created * 1000) : undefined;
    return {
      id,
      name: name.replace(/^\//, '') || id.slice(0, 12),
      image: optional(object.Image, `${what}.Image`, asString) ?? '',
      imageId: imageId(object.ImageID, `${what}.ImageID`),
      state: optional(object.State, `${what}.State`, asString) ?? '',
      status: optional(object.Status, `${what}.Status`, asString) ?? '',
      ...(created && { created }),
    };
  });
}

/** Whether the list shows an image's ID in place of the name: as Docker does once that names another image. */
export function hasLostItsName({ image, imageId: id }: EngineContainer): boolean {
  const hex = image.replace(/^sha256:/, '');
  return /^[0-9a-f]{12,64}$/.test(hex) && id.slice('sha256:'.length).startsWith(hex);
}

/** The name in the document about one container. @throws `Corrupt` */
export function imageOfContainer(json: unknown): string | undefined {
  const config = optional(asObject(json, 'the container').Config, 'Config', asObject);
  return optional(config?.Image, 'Config.Image', asString);
}
