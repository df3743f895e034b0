import { Option } from 'commander';

/** Docker's `-f, --filter`, which may be given several times. */
export function filterOption(names: readonly string[]): Option {
  return new Option(
    '-f, --filter <name=value>',
    `Only what passes: ${names.join(', ')}; may be given several times`,
  ).argParser((text: string, texts: readonly string[] | undefined) => [...(texts ?? []), text]);
}

export function formatOption(): Option {
  return new Option('--format <template>', 'Print with a Go template; "table TEMPLATE" or "json" too');
}
