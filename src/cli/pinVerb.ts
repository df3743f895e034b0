import { type Command, Option } from 'commander';
import { assertNever, type EngineError } from '../engine/errors.ts';
import { canonicalReference, familiarReference } from '../engine/oci/reference.ts';
import { DigestLookup } from './digestLookup.ts';
import { errorText } from './errorText.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { PinFinding } from './pinText.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';
import { visitFiles } from './visitFiles.ts';
import { placeOf, type WorkspaceFile, writeFileText } from './workspaceFiles.ts';

interface PinOptions {
  readonly update?: boolean;
  readonly check?: boolean;
  readonly dryRun?: boolean;
}

export function addPinVerb(parent: Command, start: Start): void {
  addVerb<PinOptions>(
    parent,
    {
      syntax: 'pin [path...]',
      summary: 'Write the digests of the images that files mention behind their tags',
      details:
        'Only the references are rewritten. Tags stay, and a digest that stands without one is left alone. Names of ' +
        'stages, of images built here and with variables that have no value are not pinned. Paths: as for "scan".',
      json:
        '{"file","range","text","reference","status","digest","error"}: "pinned", "updated", "unpinned",\n' +
        '   "stale" or "failed"; digest is what the tag has now; nothing for what is and stays pinned',
      options: () => [
        new Option('--update', 'Move pins whose tag has moved, too'),
        new Option('--check', 'Change nothing; exit 1 where something is unpinned or a pin is stale'),
        new Option('--dry-run', 'Change nothing; show what would be changed'),
      ],
      examples: ['strata pin Dockerfile', 'strata pin --update', 'strata pin --check deploy/'],
      run: pin,
    },
    start,
  );
}

async function pin(session: Session, paths: readonly string[], options: PinOptions): Promise<ExitCode> {
  const { update = false, check = false, dryRun = false } = options;
  const { checkPins, pinText } = await import('./pinText.ts');
  const lookup = new DigestLookup(async (reference) => {
    const engine = await session.engine();
    return (await engine.resolve(reference, session.signal)).digest;
  });
  let floating = 0;
  const code = await visitFiles(session, paths, async (file, content) => {
    const { text, findings } = check
      ? { text: content.text, findings: await checkPins(file.kind, content.text, lookup) }
      : await pinText(file.kind, content.text, { update, lookup });
    if (text !== content.text && !dryRun) await writeFileText(file, { ...content, text });
    for (const finding of findings) await printFinding(session, file, finding);
    floating += findings.filter(isFloating).length;
    return findings.some(({ status }) => status === 'failed') ? exitCode.failed : exitCode.done;
  });
  if (floating === 0) return code;
  session.output.error(floatingText(floating));
  return exitCode.failed;
}

function isFloating({ status }: PinFinding): boolean {
  return status === 'unpinned' || status === 'stale';
}

function floatingText(count: number): string {
  const what = count === 1 ? '1 reference is' : `${count} references are`;
  return `${what} unpinned or stale; run "strata pin --update"`;
}

async function printFinding(
  { json, output }: Session,
  file: WorkspaceFile,
  finding: PinFinding,
): Promise<void> {
  await output.flush();
  if (finding.status === 'failed') output.error(failureText(file, finding));
  if (json) await output.json(jsonRow(file, finding));
  else if (finding.status !== 'failed')
    await output.line(`${placeOf(file, finding.mention.range)}: ${findingText(finding)}`);
}

function failureText(
  file: WorkspaceFile,
  { mention, why }: Extract<PinFinding, { status: 'failed' }>,
): string {
  const place = placeOf(file, mention.range);
  return `${place}: ${mention.text} was not pinned: ${whyText(why)}`;
}

function findingText(finding: Exclude<PinFinding, { status: 'failed' }>): string {
  const name = familiarReference(finding.mention.reference);
  switch (finding.status) {
    case 'pinned':
      return `${name} pinned to ${finding.digest}`;
    case 'updated':
      return `${name} updated to ${finding.digest}`;
    case 'unpinned':
      return `${name} is not pinned`;
    case 'stale':
      return `${name} is stale: its tag is at ${finding.digest} now`;
    default:
      return assertNever(finding);
  }
}

function jsonRow({ name }: WorkspaceFile, finding: PinFinding): object {
  const { mention, status } = finding;
  return {
    file: name,
    range: mention.range,
    text: mention.text,
    reference: canonicalReference(mention.reference),
    status,
    digest: 'digest' in finding ? finding.digest : null,
    error: finding.status === 'failed' ? whyText(finding.why) : null,
  };
}

function whyText(why: EngineError | string): string {
  return typeof why === 'string' ? why : errorText(why);
}
