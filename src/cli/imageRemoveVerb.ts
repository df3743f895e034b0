import { type Command, Option } from 'commander';
import { isEngineError } from '../engine/errors.ts';
import type { Removal } from '../engine/image.ts';
import { errorText } from './errorText.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

interface RemoveOptions {
  readonly force?: boolean;
}

/** `image rm`, and `rmi` at the top. */
export function addImageRemoveVerb(parent: Command, name: 'rm' | 'rmi', start: Start): void {
  addVerb<RemoveOptions>(
    parent,
    {
      syntax: `${name} <image...>`,
      aliases: name === 'rm' ? ['rmi', 'remove'] : [],
      summary: 'Remove images from the store',
      json: '{"kind","name"}, "untagged" with a reference or "deleted" with a digest',
      options: () => [
        new Option(
          '-f, --force',
          'Remove it though several tags name it; let it pass where there is no such image',
        ),
        new Option(
          '--no-prune',
          'Do not delete untagged parents; as the store keeps none, this changes nothing',
        ),
      ],
      examples: ['strata rmi alpine:3.19', 'strata image rm --force 3f177db28869'],
      run: removeImages,
    },
    start,
  );
}

/** One by one; what cannot be removed does not keep the rest from going. */
async function removeImages(
  session: Session,
  names: readonly string[],
  { force = false }: RemoveOptions,
): Promise<ExitCode> {
  const engine = await session.engine();
  let code: ExitCode = exitCode.done;
  for (const name of names) {
    try {
      await printRemovals(session, await engine.remove(name, { force }, session.signal));
    } catch (error) {
      if (isEngineError(error, 'Cancelled')) throw error;
      const isAbsent = isEngineError(error, 'NotFound');
      session.output.error(isAbsent ? `No such image: ${name}` : errorText(error));
      // Docker finds no image by an ID's start that fits several, and lets that pass too.
      const mayPass = force && isEngineError(error, 'NotFound', 'Ambiguous');
      if (!mayPass) code = exitCode.failed;
    }
  }
  return code;
}

async function printRemovals({ json, output }: Session, removals: readonly Removal[]): Promise<void> {
  for (const { kind, name } of removals) {
    if (json) await output.json({ kind, name });
    else await output.line(`${kind === 'untagged' ? 'Untagged' : 'Deleted'}: ${name}`);
  }
  await output.flush();
}
