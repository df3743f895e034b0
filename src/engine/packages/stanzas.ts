import { setImmediate as nextTurn } from 'node:timers/promises';
import { limitText } from '../byteLimit.ts';
import { throwIfCancelled } from '../errors.ts';
import type { PackageFile } from './installedPackage.ts';
import { brokenDatabase, tooLargeDatabase } from './packageError.ts';
import { maxLineBytes, maxTextBytes } from './packageLimits.ts';

/** The fields of one package that were asked for. */
export type Stanza = ReadonlyMap<string, string>;

export interface StanzaFormat {
  /** Those to keep, as they come out of `fieldName`. */
  readonly fields: ReadonlySet<string>;
  /** What a field is called, from what stands before the colon. */
  readonly fieldName: (text: string) => string;
  /** Whether a line that begins with a blank goes on with the field above. */
  readonly continued: boolean;
}

/**
 * The stanzas of a text database, with blank lines between them and `FIELD:VALUE` on each line, as they are read. Of a
 * field that stands twice in one the first holds.
 * @throws `Corrupt` for a line that is no field, `TooLarge`, `Cancelled`
 */
export async function* readStanzas(
  file: PackageFile,
  format: StanzaFormat,
  signal?: AbortSignal,
): AsyncGenerator<Stanza, void, undefined> {
  let stanza = new Map<string, string>();
  for await (const lines of lineBatches(file, signal)) {
    for (const line of lines) {
      if (line.trim() !== '') {
        addField(stanza, line, format, file.path);
      } else if (stanza.size > 0) {
        yield stanza;
        stanza = new Map();
      }
    }
  }
  if (stanza.size > 0) yield stanza;
}

function addField(stanza: Map<string, string>, line: string, format: StanzaFormat, path: string): void {
  if (format.continued && (line.startsWith(' ') || line.startsWith('\t'))) return;
  const colon = line.indexOf(':');
  if (colon <= 0) throw brokenDatabase(path, 'a line is no field');
  const name = format.fieldName(line.slice(0, colon));
  if (format.fields.has(name) && !stanza.has(name)) stanza.set(name, line.slice(colon + 1).trim());
}

/** Whole lines, as many as a piece of the file ends. */
async function* lineBatches(
  file: PackageFile,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly string[], void, undefined> {
  if (file.size > maxTextBytes)
    throw tooLargeDatabase(file.path, `it has more than ${limitText(maxTextBytes)}`);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of file.bytes(signal)) {
    throwIfCancelled(signal);
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineBytes) throw tooLargeDatabase(file.path, 'a line of it is too long');
    yield lines;
    await nextTurn();
  }
  yield [rest + decoder.decode()];
}
