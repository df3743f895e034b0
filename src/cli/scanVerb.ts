import type { Command } from 'commander';
import type { Mention } from '../documents/mention.ts';
import { scanRow } from '../documents/scan.ts';
import { familiarReference } from '../engine/oci/reference.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';
import { visitFiles } from './visitFiles.ts';
import { placeOf, type WorkspaceFile } from './workspaceFiles.ts';

export function addScanVerb(parent: Command, start: Start): void {
  addVerb(
    parent,
    {
      syntax: 'scan [path...]',
      summary: 'List the images that the files of a workspace mention',
      details:
        'Reads Dockerfiles, compose, Kubernetes, workflow, GitLab, dev container and bake files at and below the paths ' +
        '(default: the current folder). Asks no registry.',
      json:
        '{"file","kind","text","range":{"start":{"line","character"},"end":{…}},\n' +
        '   "reference","stage","platform","reason"}, range zero-based as in LSP',
      examples: ['strata scan', 'strata scan --json Dockerfile deploy/'],
      run: scan,
    },
    start,
  );
}

async function scan(session: Session, paths: readonly string[]): Promise<ExitCode> {
  // With its parsers, which no other verb but `pin` needs.
  const { findMentions } = await import('../documents/findMentions.ts');
  const rows: string[][] = [];
  const code = await visitFiles(session, paths, async (file, { text }) => {
    for (const mention of findMentions(file.kind, text)) {
      if (session.json) await session.output.json(scanRow(file.name, mention));
      else rows.push(tableRow(file, mention));
    }
    return exitCode.done;
  });
  if (rows.length > 0) await session.output.table(['PLACE', 'TEXT', 'REFERENCE', 'STAGE', 'PLATFORM'], rows);
  return code;
}

function tableRow(
  file: WorkspaceFile,
  { text, range, reference, reason, stage, platform }: Mention,
): string[] {
  return [
    placeOf(file, range),
    text,
    reference ? familiarReference(reference) : `(${reason})`,
    stage ?? '',
    platform ?? '',
  ];
}
