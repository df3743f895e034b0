import { asArray, asString, optional } from '../engine/oci/json.ts';
import { readDockerConfig } from '../engine/registry/dockerCredentials.ts';

/**
 * Filters with those that Docker's `config.json` has for every prune (`pruneFilters`); of labels the command line's count
 * more than their opposites there.
 * https://docs.docker.com/reference/cli/docker/#customize-the-default-output-format-for-commands
 * @param given `NAME=VALUE` each, as on the command line
 * @throws `Corrupt`, `Io` where the file cannot be read: what it protects must not be removed
 */
export async function withConfiguredPruneFilters(
  given: readonly string[],
  configDirectory: string,
): Promise<readonly string[]> {
  const config = await readDockerConfig(configDirectory);
  const configured = optional(config?.pruneFilters, 'pruneFilters', asArray) ?? [];
  const texts = configured.map((text) => asString(text, 'pruneFilters'));
  return [...given, ...texts.filter((text) => text.includes('=') && !given.includes(oppositeOf(text)))];
}

function oppositeOf(filter: string): string {
  return filter.startsWith('label!=')
    ? filter.replace('label!=', 'label=')
    : filter.replace(/^label=/, 'label!=');
}
