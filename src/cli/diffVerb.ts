import type { Command } from 'commander';
import type { FileRow, PathChange } from '../engine/image.ts';
import { fileJson, imageOperand } from './contentVerbs.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

/** `diff`: what is different between two images' files. */
export function addDiffVerb(parent: Command, start: Start): void {
  addVerb(
    parent,
    {
      syntax: 'diff <imageA> <imageB>',
      summary: 'List the files in which two images differ',
      details:
        'One line for each path that IMAGE_B has added (A), changed (C) or no longer has (D), also below a folder that ' +
        `went as a whole. Content, type, mode, owner and link count, times do not. ${imageOperand}`,
      json: '{"path","change","before","after"}, before and after as rows of "files" or null',
      examples: ['strata diff alpine:3.18 alpine:3.19', 'strata diff --json acme/web:1.4 oci:./build:web'],
      run: listChanges,
    },
    start,
  );
}

async function listChanges(
  session: Session,
  [before = '', after = '']: readonly string[],
): Promise<ExitCode> {
  const { output, signal, json } = session;
  const engine = await session.engine();
  const images = [await engine.image(before, signal), await engine.image(after, signal)] as const;
  for await (const row of engine.diff(...images, signal)) {
    if (json) await output.json(changeJson(row));
    else await output.line(`${letters[row.change]} ${row.path}`);
    if (output.closed) break;
  }
  return exitCode.done;
}

/** Those of `docker diff`. */
const letters: Readonly<Record<PathChange['change'], string>> = { added: 'A', modified: 'C', removed: 'D' };

function changeJson({ path, change, before, after }: PathChange): object {
  return { path, change, before: rowJson(before), after: rowJson(after) };
}

function rowJson(row: FileRow | null): object | null {
  return row && fileJson(row);
}
