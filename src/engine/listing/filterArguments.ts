import { EngineError } from '../errors.ts';

/** Values by filter name, in the order given. */
export type FilterArguments = ReadonlyMap<string, readonly string[]>;

/**
 * Reads `--filter name=value`; what comes several times is kept several times.
 * https://github.com/docker/cli/blob/v20.10.24/opts/opts.go (`FilterOpt`)
 * @param known the names that the verb takes
 * @throws `Invalid`, in Docker's words
 */
export function parseFilterArguments(texts: readonly string[], known: readonly string[]): FilterArguments {
  const filters = new Map<string, string[]>();
  for (const text of texts) {
    if (text === '') continue;
    const { name, value } = parseFilter(text);
    if (!known.includes(name)) {
      throw new EngineError('Invalid', `Invalid filter '${name}': write one of ${known.join(', ')}`);
    }
    filters.set(name, [...(filters.get(name) ?? []), value]);
  }
  return filters;
}

/** `label!=x` is a filter named `label!`. */
function parseFilter(text: string): { readonly name: string; readonly value: string } {
  const equals = text.indexOf('=');
  if (equals < 0) {
    throw new EngineError('Invalid', `bad format of filter (expected name=value): ${JSON.stringify(text)}`);
  }
  return { name: text.slice(0, equals).trim().toLowerCase(), value: text.slice(equals + 1).trim() };
}
