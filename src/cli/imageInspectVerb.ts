import { type Command, Option } from 'commander';
import { EngineError, isEngineError } from '../engine/errors.ts';
import type { ImageEngine } from '../engine/imageEngine.ts';
import type { ImageInspection } from '../engine/images/inspectImage.ts';
import { goJsonLines } from '../engine/listing/goJson.ts';
import { errorText } from './errorText.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

interface InspectOptions {
  readonly format?: string;
  readonly type?: string;
}

/** `image inspect`, and `inspect` at the top, which in Docker finds objects of any kind. */
export function addImageInspectVerb(parent: Command, what: 'image' | 'object', start: Start): void {
  addVerb<InspectOptions>(
    parent,
    {
      syntax: 'inspect <image...>',
      summary: 'Show all that is known of images of the store',
      details: 'IMAGE is a reference or an ID.',
      json: "Docker's document, one image a line",
      options: () => [
        new Option('-f, --format <template>', 'Print by this Go template, or "json"'),
        ...(what === 'object'
          ? [new Option('--type <type>', 'Only "image": the store has nothing else')]
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
  { format = '', type }: InspectOptions,
  what: 'image' | 'object',
): Promise<ExitCode> {
  const print = await printer(session, format);
  const kind = requireKnown(type) ?? what;
  const engine = await session.engine();
  const documents: ImageInspection[] = [];
  const failures: string[] = [];
  for (const name of names) {
    try {
      documents.push(await inspect(engine, name, session.signal));
    } catch (error) {
      if (isEngineError(error, 'Cancelled')) throw error;
      failures.push(failureText(error, name, kind));
    }
  }
  await print(documents, (text) => failures.push(text));
  await session.output.flush();
  for (const failure of failures) session.output.error(failure);
  return failures.length === 0 ? exitCode.done : exitCode.failed;
}

function requireKnown(type: string | undefined): 'image' | undefined {
  if (type === undefined || type === '') return undefined;
  if (type === 'image') return type;
  throw new EngineError('Invalid', `${JSON.stringify(type)} is not a valid value for --type: write image`);
}

async function inspect(engine: ImageEngine, name: string, signal: AbortSignal): Promise<ImageInspection> {
  return engine.inspect(await engine.image(name, signal), signal);
}

/** As Docker words it. */
function failureText(error: unknown, name: string, kind: 'image' | 'object'): string {
  const isUnknown = isEngineError(error, 'NotFound') && error.facts.reference === name;
  if (isUnknown || name === '') return `No such ${kind}: ${name}`;
  if (isEngineError(error, 'Invalid')) return `no such ${kind}: ${name}: ${error.message}`;
  return errorText(error);
}

type Print = (documents: readonly ImageInspection[], fail: (text: string) => void) => Promise<void>;

async function printer({ json, output }: Session, format: string): Promise<Print> {
  if (json) {
    return async (documents) => {
      for (const document of documents) await output.json(document);
    };
  }
  if (format === 'json') return (documents) => output.json(documents);
  if (format !== '') throw new EngineError('Unsupported', 'inspect --format');
  return async (documents) => {
    for (const line of goJsonLines(documents)) await output.line(line);
  };
}
