import { defaultStoreDirectory } from '../../engine/store/defaultStoreDirectory.ts';
import { storeDirectorySetting } from '../settings.ts';

/** The folder of the store that this window shows. */
export function storeDirectory(): string {
  return storeDirectorySetting() || defaultStoreDirectory();
}
