import type { Command } from 'commander';

/** `help VERB`, also of a verb within a group: commander's own knows one word only, and passes over what it does not know. */
export function addHelpVerb(program: Command): void {
  const help = program
    .helpCommand(false)
    .command('help [verb...]')
    .description('Show help for a verb')
    .helpOption(false);
  help.action((words: readonly string[]) => find(program, words).help());
}

function find(within: Command, [word, ...others]: readonly string[]): Command {
  if (word === undefined) return within;
  const found = within.commands.find((command) => [command.name(), ...command.aliases()].includes(word));
  return find(found ?? within.error(`error: unknown command '${word}'`), others);
}
