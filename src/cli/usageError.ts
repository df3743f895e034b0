import { type Command, CommanderError } from 'commander';

/** What commander found, with the command that it is about: `strata image ls`. */
export class UsageError extends CommanderError {
  readonly command: string;

  constructor({ exitCode, code, message }: CommanderError, command: string) {
    super(exitCode, code, message);
    this.command = command;
  }
}

export function commandPath(command: Command): string {
  const name = command.name();
  return command.parent ? `${commandPath(command.parent)} ${name}` : name;
}
