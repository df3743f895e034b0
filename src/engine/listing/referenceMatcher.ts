import { familiarName, familiarReference, type Reference } from '../oci/reference.ts';
import { pathMatcher } from './pathMatch.ts';

/**
 * A test for references by a shell pattern: Docker holds it against the familiar form, with tag or digest and without.
 * https://github.com/distribution/reference/blob/v0.6.0/helpers.go (`FamiliarMatch`)
 * @throws `Invalid`, in Docker's words, where the pattern is broken
 */
export function referenceMatcher(pattern: string): (reference: Reference) => boolean {
  const fits = pathMatcher(pattern);
  return (reference) => fits(familiarReference(reference)) || fits(familiarName(reference));
}
