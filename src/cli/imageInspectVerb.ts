import { type Command, Option } from 'commander';
import { EngineError, isEngineError } from '../engine/errors.ts';
import type { ImageEngine } from '../engine/imageEngine.ts';
import type { ImageInspection } from '../engine/images/inspectImage.ts';
import { goJsonLines } from '../engine/listing/goJson.ts';
import { inspectionRow } from '../engine/listing/inspectionRow.ts';
import { visibleBlock } from '../engine/listing/visibleText.ts';
import { errorText } from './errorText.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

interface InspectOptions {
  readonly format?: string;
  readonly type?: string;
  readonly size?: boolean;
}

/** `image inspect`, and `inspect` at the top, which in Docker finds objects of any kind. */
export function addImageInspectVerb(parent: Command, what: 'image' | 'object', start: Start): void {
  addVerb<InspectOptions>(
    parent,
    {
      syntax: 'inspect <image...>',
      summary: 'Show all that is known of images of the store',
      details: 'IMAGE is a reference or an ID.',
      json: "Docker's document, one image a line, null for what has no value",
      options: () => [
        new Option('-f, --format <template>', 'Print by this Go template, or "json"'),
        ...(what === 'object'
          ? [
              new Option('-s, --size', 'Of containers in Docker; ignored here'),
              new Option('--type <type>', 'Of what kind it is; the store has only images'),
            ]
          : []),
      ],
      examples: ['strata image inspect alpine', "strata inspect -f '{{.Config.Env}}' alpine"],
      run: (session, names, options) => inspectImages(session, names, options, what),
    },
    start,
  );
}

/** What is found is printed, then what is not is told. */
async function inspectImages(
  session: Session,
  names: readonly string[],
  { format = '', type, size = false }: InspectOptions,
  what: 'image' | 'object',
): Promise<ExitCode> {
  const print = await printer(session, format);
  const kind = requireKnown(type) ?? what;
  const engine = await session.engine();
  const found: Found[] = [];
  for (const name of names) found.push(await inspect(engine, name, kind, session.signal));
  const failures = await print(found);
  await session.output.flush();
  if (size) for (const _ of documentsIn(found)) session.output.note('WARNING: --size ignored for image');
  for (const failure of failures) session.output.error(failure);
  return failures.length === 0 ? exitCode.done : exitCode.failed;
}

/** What Docker inspects. Of all these the store has images. */
const kinds = [
  'container',
  'image',
  'network',
  'node',
  'plugin',
  'secret',
  'service',
  'task',
  'volume',
] as const;
type Kind = (typeof kinds)[number];

/** An image's document, or what is wrong. */
type Found = ImageInspection | string;

function requireKnown(type: string | undefined): Kind | undefined {
  if (type === undefined || type === '') return undefined;
  const known = kinds.find((kind) => kind === type);
  if (known) return known;
  throw new EngineError('Invalid', `${JSON.stringify(type)} is not a valid value for --type: write image`);
}

async function inspect(
  engine: ImageEngine,
  name: string,
  kind: Kind | 'object',
  signal: AbortSignal,
): Promise<Found> {
  if (kind !== 'image' && kind !== 'object') return `No such ${kind}: ${name}`;
  try {
    return await engine.inspect(await engine.image(name, signal), signal);
  } catch (error) {
    if (isEngineError(error, 'Cancelled')) throw error;
    return failureText(error, name, kind);
  }
}

/** As Docker words it. */
function failureText(error: unknown, name: string, kind: Kind | 'object'): string {
  const isUnknown = isEngineError(error, 'NotFound') && error.facts.reference === name;
  if (isUnknown || name === '') return `No such ${kind}: ${name}`;
  if (isEngineError(error, 'Invalid')) return `no such ${kind}: ${name}: ${error.message}`;
  return errorText(error);
}

/** Prints what was found; gives what is wrong, in the order of the names. */
type Print = (found: readonly Found[]) => Promise<readonly string[]>;

async function printer({ json, output }: Session, format: string): Promise<Print> {
  if (json) {
    return printAll(async (documents) => {
      for (const document of documents) await output.json(inspectionRow(document));
    });
  }
  if (format === 'json') return printAll((documents) => output.json(documents));
  if (format !== '') return templatePrinter(output, format);
  return printAll(async (documents) => {
    for (const line of goJsonLines(documents)) await output.line(line);
  });
}

function printAll(print: (documents: readonly ImageInspection[]) => Promise<void>): Print {
  return async (found) => {
    await print(documentsIn(found));
    return found.filter(isFailure);
  };
}

async function templatePrinter(output: Session['output'], format: string): Promise<Print> {
  const { inspectTemplate } = await import('../engine/listing/inspectTemplate.ts');
  const apply = inspectTemplate(format);
  return async (found) => {
    const { text, failures } = apply(documentsIn(found));
    output.text(output.isTerminal ? visibleBlock(text) : text);
    const ofDocuments = failures.values();
    return found.flatMap((one) => (isFailure(one) ? [one] : (ofDocuments.next().value ?? [])));
  };
}

function isFailure(found: Found): found is string {
  return typeof found === 'string';
}

function documentsIn(found: readonly Found[]): readonly ImageInspection[] {
  return found.filter((one): one is ImageInspection => !isFailure(one));
}
