import { isEngineError } from '../errors.ts';
import { canonicalReference, parseReference, type TaggedReference } from '../oci/reference.ts';
import type { EngineContainer } from './engineContainer.ts';
import type { EngineImage } from './engineImage.ts';

/** A container beside the image that it has to do with. */
export interface ContainerUse {
  readonly container: EngineContainer;
  /** It was made from the tag when that named another image, and still runs that one. */
  readonly isStale: boolean;
}

/**
 * The containers of an image: those that run it and, of a tag, those that were made from it before it moved, which come
 * first. https://docs.docker.com/reference/cli/docker/container/ls/#ancestor knows the former alone.
 */
export function containerUses(
  { id }: Pick<EngineImage, 'id'>,
  tag: TaggedReference | undefined,
  containers: readonly EngineContainer[],
): readonly ContainerUse[] {
  const name = tag && canonicalReference(tag);
  const running = containers.filter(({ imageId }) => imageId === id);
  const stale = containers.filter(
    (container) => container.imageId !== id && name !== undefined && madeFrom(container) === name,
  );
  return [
    ...stale.map((container) => ({ container, isStale: true })),
    ...running.map((container) => ({ container, isStale: false })),
  ];
}

/** The tag that a container was made from, canonical; `undefined` where it was made from an ID or digest. */
export function madeFrom({ image }: EngineContainer): string | undefined {
  try {
    const reference = parseReference(image);
    return reference.digest === undefined ? canonicalReference(reference) : undefined;
  } catch (error) {
    if (isEngineError(error, 'Invalid', 'Unsupported')) return undefined;
    throw error;
  }
}
