import { type Command, Option } from 'commander';
import { EngineError } from '../engine/errors.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';
import { outputKind, writeWholeFile } from './wholeFile.ts';

interface SaveOptions {
  readonly output?: string;
  readonly format: string;
}

/** `image save`, and `save` at the top. */
export function addImageSaveVerb(parent: Command, start: Start): void {
  addVerb<SaveOptions>(
    parent,
    {
      syntax: 'save <image...>',
      summary: 'Save images to an archive that "docker load" takes',
      details:
        'A repository without a tag saves all its tags. The same images give the same bytes. A file that is there is ' +
        'replaced once the archive is whole.',
      json: '{"file","images"}, where it goes to a file',
      options: () => [
        new Option('-o, --output <file>', 'Write to a file instead of stdout'),
        new Option('--format <format>', 'docker-archive, or oci-archive to keep every digest').default(
          'docker-archive',
        ),
      ],
      examples: [
        'strata save -o alpine.tar alpine:3.19',
        'strata save acme/app acme/web:1.4 | ssh host docker load',
      ],
      run: saveImages,
    },
    start,
  );
}

async function saveImages(
  session: Session,
  names: readonly string[],
  { output: given, format }: SaveOptions,
): Promise<ExitCode> {
  const { output, signal } = session;
  const path = given || undefined;
  if (path === undefined && output.isTerminal) {
    throw new EngineError('Invalid', 'cowardly refusing to save to a terminal. Use the -o flag or redirect');
  }
  requireKnown(format);
  const engine = await session.engine();
  const archive =
    format === 'oci-archive' ? engine.saveOciArchive(names, signal) : engine.save(names, signal);
  if (path === undefined) await writeToOutput(session, archive);
  else {
    const kind = await outputKind(path, 'failed to save image');
    await engine.requireOutsideStore(path);
    await writeWholeFile(path, kind, archive);
    if (session.json) await output.json({ file: path, images: names });
  }
  return exitCode.done;
}

function requireKnown(format: string): void {
  if (format === 'docker-archive' || format === 'oci-archive') return;
  throw new EngineError(
    'Invalid',
    `invalid format ${JSON.stringify(format)}: write docker-archive or oci-archive`,
  );
}

/** A reader who has gone wants no more of it. */
async function writeToOutput({ output }: Session, archive: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of archive) {
    await output.bytes(bytes);
    if (output.closed) return;
  }
}
