import { Command } from 'commander';
import { globalOptions } from './globalOptions.ts';
import type { Output } from './output.ts';
import { addReferenceVerb } from './referenceVerb.ts';
import type { Start } from './verb.ts';

/** The whole command line. Help goes to stdout wherever it is asked for, even by naming no verb; as in Docker. */
export function createProgram(version: string, output: Output, start: Start): Command {
  const program = new Command('strata')
    .description('Container images without a daemon: pull, list and look inside them, and pin what floats.')
    .version(version, '-v, --version', 'Print the version')
    .helpOption('-h, --help', 'Show help')
    .helpCommand('help [verb]', 'Show help for a verb')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.text(text),
      writeErr: (text) => output.text(text),
      outputError: () => undefined,
    })
    .addHelpText('after', '\nRun "strata VERB --help" for more on a verb.');
  for (const option of globalOptions()) program.addOption(option);
  addReferenceVerb(program, start);
  return program;
}
