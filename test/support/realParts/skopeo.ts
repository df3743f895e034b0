import { type CommandOptions, run } from './command.ts';

/** `skopeo ARGS`, a policy that accepts unsigned images given: what it prints. */
export function skopeo(args: readonly string[], options?: CommandOptions): Promise<string> {
  return run('skopeo', ['--insecure-policy', ...args], { timeout: 180_000, ...options });
}

/** What `skopeo inspect` says of the image that a reference on loopback names. */
export async function skopeoInspect(reference: string): Promise<SkopeoImage> {
  return JSON.parse(await skopeo(['inspect', '--tls-verify=false', `docker://${reference}`]));
}

export interface SkopeoImage {
  readonly Name: string;
  /** Of the index where there is one. */
  readonly Digest: string;
  readonly RepoTags: readonly string[];
  readonly Architecture: string;
  readonly Os: string;
  readonly Layers: readonly string[];
}
