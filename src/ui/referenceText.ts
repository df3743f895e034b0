import { shortDigest } from '../engine/oci/digest.ts';
import { type Platform, parsePlatform } from '../engine/oci/platform.ts';
import { familiarName, type Reference } from '../engine/oci/reference.ts';
import { isDockerHub } from '../engine/registry/hosts.ts';

/** A reference as short as a person reads it: `alpine:3.20@1a2b3c4d5e6f`. */
export function shortReference(reference: Reference): string {
  const { tag, digest } = reference;
  const name = familiarName(reference);
  return (
    name + (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${shortDigest(digest)}`)
  );
}

/** `acme/web`, whatever the registry; a `library/` is left out at Docker Hub, where it says nothing. */
export function nameWithoutHost({ registry, repository }: Reference): string {
  return isDockerHub(registry) ? familiarName({ registry, repository }) : repository;
}

/** A platform as written in a file; none where it is a variable or nonsense, since then the host's is as good a guess. */
export function platformIn(text: string | undefined): Platform | undefined {
  if (text === undefined || text.includes('$')) return undefined;
  try {
    return parsePlatform(text);
  } catch {
    return undefined;
  }
}
