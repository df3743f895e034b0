import { CommanderError } from 'commander';
import { errorText } from './errorText.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Output } from './output.ts';
import { createProgram } from './program.ts';
import { Session, type SessionHost } from './session.ts';
import { UsageError } from './usageError.ts';

/** Runs one command line (without the program's own name) and gives what the shell is to be told. */
export async function main(commandLine: readonly string[], host: SessionHost): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  const program = createProgram(host.version, host.output, async (options, run) => {
    await using session = new Session(host, options);
    code = await run(session);
  });
  try {
    await program.parseAsync(commandLine, { from: 'user' });
  } catch (error) {
    // Whoever interrupts knows that the verb did not finish.
    code = host.signal.aborted ? exitCode.failed : reportFailure(error, host.output);
  }
  await host.output.drain();
  return host.output.failed ? exitCode.failed : code;
}

function reportFailure(error: unknown, output: Output): ExitCode {
  if (error instanceof CommanderError) return reportUsage(error, output);
  output.error(errorText(error));
  return exitCode.failed;
}

const helpCodes: readonly string[] = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

function reportUsage(error: CommanderError, output: Output): ExitCode {
  const { code, message } = error;
  if (helpCodes.includes(code)) return exitCode.done;
  const [first = '', ...hints] = message.replace(/^error: /, '').split('\n');
  const command = error instanceof UsageError ? error.command : 'strata';
  output.error(`${[first.replace(/\.$/, ''), ...hints].join(' ')}; see "${command} --help"`);
  return exitCode.usage;
}
