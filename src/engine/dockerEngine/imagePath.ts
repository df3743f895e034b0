import { parseReference } from '../oci/reference.ts';

/**
 * The path of an image in the API, by reference, ID or beginning of one. Docker takes the slashes of a name as they are.
 * @throws `Invalid` where it is none of these: it would be another path
 */
export function imagePath(name: string, ...rest: readonly string[]): string {
  if (!/^(?:sha256:)?[0-9a-f]{1,64}$/.test(name)) parseReference(name);
  return ['/images', ...name.split('/').map(encodeURIComponent), ...rest].join('/');
}
