import type { Command } from 'commander';

/** What Go takes for a truth value. https://pkg.go.dev/strconv#ParseBool */
const truths: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false])),
};

/**
 * Lets a switch be given a value as Docker's may (`--human=false`, `-q=true`), which commander does not know.
 * Anything else behind the sign is left to commander, which refuses it.
 */
export function takeBooleanValues(command: Command): void {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (commandLine) => parse(withoutValues(command, commandLine));
}

function withoutValues(command: Command, commandLine: readonly string[]): string[] {
  const end = commandLine.indexOf('--');
  return commandLine.flatMap((text, at) => (end >= 0 && at > end ? [text] : plainSwitch(command, text)));
}

function plainSwitch(command: Command, text: string): string[] {
  const [, flag = '', value = ''] = /^(--[a-z][a-z-]*|-[a-zA-Z])=(\w+)$/.exec(text) ?? [];
  const option = command.options.find(({ long, short }) => flag === long || flag === short);
  if (!option || option.required || option.optional || !Object.hasOwn(truths, value)) return [text];
  if (truths[value]) return [flag];
  const opposite = `--no-${option.name()}`;
  return command.options.some(({ long }) => long === opposite) ? [opposite] : [];
}
