import { familiarReference, type Reference } from '../../engine/oci/reference.ts';

/** Without the host, so that a narrow side bar still has room for how far it is. */
export function labelWithoutHost(reference: Reference): string {
  return familiarReference({ ...reference, registry: 'docker.io' });
}
