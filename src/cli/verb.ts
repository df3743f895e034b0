import type { Command, Option } from 'commander';
import type { ExitCode } from './exitCode.ts';
import {
  type GivenGlobalOptions,
  type GlobalOptions,
  globalOptions,
  mergeGlobalOptions,
} from './globalOptions.ts';
import { takeDockerForms } from './optionForms.ts';
import type { Session } from './session.ts';
import { commandPath, UsageError } from './usageError.ts';

/** One verb of the command line. */
export interface Verb<Options extends object = object> {
  /** Name and operands as commander writes them: `pull <reference...>`. */
  readonly syntax: string;
  /** Docker's other names for it. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** More for `--help`, below the summary. */
  readonly details?: string;
  readonly options?: () => readonly Option[];
  /** The rows of `--json`. */
  readonly json?: string;
  /** Command lines for `--help`. */
  readonly examples: readonly string[];
  readonly run: (session: Session, operands: readonly string[], options: Options) => Promise<ExitCode>;
}

/** Runs a verb with what was given of the global options, and keeps its exit code. */
export type Start = (options: GlobalOptions, run: (session: Session) => Promise<ExitCode>) => Promise<void>;

export function addVerb<Options extends object>(parent: Command, verb: Verb<Options>, start: Start): Command {
  const command = parent
    .command(verb.syntax)
    .aliases(verb.aliases ?? [])
    .summary(verb.summary);
  nameInFailures(command);
  command.description(verb.details === undefined ? verb.summary : `${verb.summary}\n\n${verb.details}`);
  for (const option of [...(verb.options?.() ?? []), ...globalOptions()]) command.addOption(option);
  if (verb.json !== undefined) command.addHelpText('after', `\nJSON rows:\n  ${verb.json}`);
  command.addHelpText('after', `\nExamples:\n${verb.examples.map((line) => `  ${line}`).join('\n')}`);
  takeDockerForms(command);
  return command.action(() =>
    start(givenGlobalOptions(command), (session) => verb.run(session, command.args, command.opts<Options>())),
  );
}

/** A verb that only groups others: `image`, `store`. */
export function addGroup(parent: Command, name: string, summary: string): Command {
  const command = parent.command(name).description(summary);
  nameInFailures(command);
  for (const option of globalOptions()) command.addOption(option);
  return command;
}

/** So that whoever mistook a verb is sent to its own help. */
function nameInFailures(command: Command): void {
  command.exitOverride((error) => {
    throw new UsageError(error, commandPath(command));
  });
}

function givenGlobalOptions(command: Command): GlobalOptions {
  const chain: GivenGlobalOptions[] = [];
  for (let at: Command | null = command; at; at = at.parent) chain.unshift(at.opts<GivenGlobalOptions>());
  return mergeGlobalOptions(chain);
}
