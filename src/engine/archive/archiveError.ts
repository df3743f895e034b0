import { EngineError } from '../errors.ts';

/** The tar reader speaks of layers, which is what it reads mostly; here the tar is the archive itself. */
export function aboutArchive(error: unknown): unknown {
  if (!(error instanceof EngineError) || !/\blayers?\b/.test(error.message)) return error;
  const message = error.message
    .replace(/^the layer's (tar|compressed bytes)/, (_, what: string) =>
      what === 'tar' ? 'the archive' : "the archive's compressed bytes",
    )
    .replace(/^the layer\b/, 'the archive')
    .replace(/^layers packed/, 'archives packed');
  return new EngineError(error.reason, message, error.facts, error);
}

export function corruptArchive(message: string): EngineError {
  return new EngineError('Corrupt', message);
}

/** Text of an archive in a message: control characters made visible, and not too long. */
export function quoted(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return JSON.stringify(short);
}
