import { commands as vscodeCommands } from 'vscode';
import { commands } from '../../contributions.ts';
import type { SignIn } from '../../protocol/signIn.ts';

/** Whether the person is signed in then. */
export async function signIn({ registry }: SignIn['params']): Promise<boolean> {
  return (await vscodeCommands.executeCommand(commands.signIn, { registry })) === true;
}
