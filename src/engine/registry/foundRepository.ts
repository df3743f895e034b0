import { isEngineError } from '../errors.ts';
import { parseName, type Reference } from '../oci/reference.ts';

/** The repository that a registry's list names, within that registry whatever it looks like; `undefined` for no name. */
export function parsedRepository(registry: string, name: string): Reference | undefined {
  try {
    const reference = parseName(`${registry}/${name}`);
    const isPlain = reference.tag === undefined && reference.digest === undefined;
    return isPlain && reference.registry === registry ? reference : undefined;
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return undefined;
    throw error;
  }
}
