import { commands, Disposable, type LogOutputChannel } from 'vscode';
import type { CommandId } from '../../contributions.ts';
import { isEngineError } from '../../engine/errors.ts';
import { offerRemedies, remediesFor } from './remedies.ts';

/** What a menu, a key, a link or another extension gives is `unknown`: each command reads it for itself. */
export type CommandHandler = (...args: readonly unknown[]) => unknown;

/** Registers commands so that a failure is one sentence for the person who asked, and the whole of it in the log. */
export function registerCommands(
  handlers: Readonly<Partial<Record<CommandId, CommandHandler>>>,
  log: LogOutputChannel,
): Disposable {
  const registrations = Object.entries(handlers).map(([id, handler]) =>
    commands.registerCommand(id, (...args: unknown[]) => guarded(handler, args, log)),
  );
  return Disposable.from(...registrations);
}

async function guarded(
  handler: CommandHandler,
  args: readonly unknown[],
  log: LogOutputChannel,
): Promise<unknown> {
  try {
    return await handler(...args);
  } catch (error) {
    if (isEngineError(error, 'Cancelled')) return undefined;
    log.error(error instanceof Error ? error : String(error));
    const again = () => guarded(handler, args, log);
    void offerRemedies(error, remediesFor(error, again), false);
    return undefined;
  }
}
