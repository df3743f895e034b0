import type { Command } from 'commander';
import { type ExitCode, exitCode } from './exitCode.ts';
import { readableImage, readableOperand } from './readableImage.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

/** `cat`: one file out of an image. */
export function addCatVerb(parent: Command, start: Start): void {
  addVerb(
    parent,
    {
      syntax: 'cat <image> <path>',
      summary: 'Print a file of an image',
      details:
        'The file that a container would see, symbolic links followed within the image. Its layer and its bytes are ' +
        `verified; where they are not what they claim to be, this fails. ${readableOperand}`,
      examples: [
        'strata cat alpine /etc/os-release',
        'strata cat docker-archive:app.tar /app/server > server',
      ],
      run: printFile,
    },
    start,
  );
}

async function printFile(session: Session, [name = '', path = '']: readonly string[]): Promise<ExitCode> {
  const { output, signal } = session;
  const engine = await session.engine();
  const image = await readableImage(session, name);
  for await (const bytes of await engine.readFile(image, path, {}, signal)) {
    await output.bytes(bytes);
    // A reader who has gone wants no more of it.
    if (output.closed) break;
  }
  return exitCode.done;
}
