import { type Command, Option } from 'commander';
import type { HistoryRow } from '../engine/images/imageHistory.ts';
import { checkFormat, formatRows } from '../engine/listing/formatRows.ts';
import { historyRowKind } from '../engine/listing/historyFormat.ts';
import { familiarReference } from '../engine/oci/reference.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import { formatOption } from './listOptions.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

interface HistoryOptions {
  readonly quiet?: boolean;
  readonly human: boolean;
  /** Commander's way to say `--no-trunc`. */
  readonly trunc: boolean;
  readonly format?: string;
}

/** `image history`, and `history` at the top. */
export function addImageHistoryVerb(parent: Command, start: Start): void {
  addVerb<HistoryOptions>(
    parent,
    {
      syntax: 'history <image>',
      summary: 'Show the history of an image, the last step first',
      details: 'IMAGE is a reference or ID in the store, oci:DIR[:NAME] or docker:REF.',
      json: '{"id","created","createdBy","size","comment","tags","empty"}, size in bytes, unpacked',
      options: () => [
        new Option('-H, --human', 'Sizes and ages for people; --human=false gives bytes and times').default(
          true,
        ),
        new Option('--no-human', 'Sizes in bytes, and times').hideHelp(),
        new Option('-q, --quiet', 'Only show image IDs'),
        new Option('--no-trunc', "Don't truncate output"),
        formatOption(),
      ],
      examples: ['strata history alpine', 'strata history --no-trunc --human=false alpine'],
      run: showHistory,
    },
    start,
  );
}

async function showHistory(
  session: Session,
  [name = '']: readonly string[],
  { quiet, human, trunc, format }: HistoryOptions,
): Promise<ExitCode> {
  const engine = await session.engine();
  const rows = await engine.history(await engine.image(name, session.signal), session.signal);
  if (session.json) {
    await checkFormat(format);
    for (const row of rows) await session.output.json(historyJson(row));
    return exitCode.done;
  }
  const kind = historyRowKind({ human, full: !trunc, now: Date.now() });
  const { isTerminal: isForTerminal } = session.output;
  session.output.text(await formatRows(rows, kind, { format, quiet, isForTerminal }));
  return exitCode.done;
}

function historyJson({ id, created, createdBy, size, comment, tags, empty }: HistoryRow): object {
  return {
    id: id ?? null,
    created: created?.toISOString() ?? null,
    createdBy: createdBy || null,
    size,
    comment: comment || null,
    tags: tags.map(familiarReference),
    empty,
  };
}
