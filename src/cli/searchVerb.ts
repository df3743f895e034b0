import { type Command, Option } from 'commander';
import { EngineError } from '../engine/errors.ts';
import { checkFormat, formatRows } from '../engine/listing/formatRows.ts';
import { readInteger } from '../engine/listing/goTemplate/numberLiteral.ts';
import { parseSearchFilters, searchFilters } from '../engine/listing/searchFilters.ts';
import { asksForPublisher, searchRowKind } from '../engine/listing/searchFormat.ts';
import type { SearchResult } from '../engine/registry/searchResult.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import { filterOption, formatOption } from './listOptions.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

interface SearchVerbOptions {
  readonly filter?: readonly string[];
  readonly format?: string;
  readonly limit?: string;
  /** Commander's way to say `--no-trunc`. */
  readonly trunc: boolean;
}

export function addSearchVerb(parent: Command, start: Start): void {
  addVerb<SearchVerbOptions>(
    parent,
    {
      syntax: 'search <term>',
      summary: 'Search Docker Hub, or another registry, for images',
      details:
        'HOST/TERM searches that registry: by its own search where it has one, else by the names in its catalogue.\n' +
        '$STRATA_HUB_SEARCH (https://HOST[:PORT]) is asked in place of Docker Hub, such as a mirror.',
      json:
        '{"name","description","stars","official","automated","verifiedPublisher","pulls","updated"}, ' +
        'null where the registry does not say',
      options: () => [
        filterOption(searchFilters),
        formatOption(),
        new Option('--limit <number>', 'Max number of search results, 1 to 100 (default: 25)'),
        new Option('--no-trunc', "Don't truncate output"),
      ],
      examples: [
        'strata search alpine',
        'strata search --filter is-official=true --limit 5 python',
        'strata search quay.io/etcd',
        'strata search --format "table {{.Name}}\\t{{.StarCount}}\\t{{.VerifiedPublisher}}" nginx',
      ],
      run: searchImages,
    },
    start,
  );
}

async function searchImages(
  session: Session,
  [term = '']: readonly string[],
  { filter = [], format, limit, trunc }: SearchVerbOptions,
): Promise<ExitCode> {
  const options = {
    ...parseSearchFilters(filter),
    ...(limit !== undefined && { limit: parseLimit(limit) }),
    details: session.json || asksForPublisher(format),
  };
  await checkFormat(format);
  const engine = await session.engine();
  const results = await engine.search(term, options, session.signal);
  const kind = searchRowKind({ untruncated: !trunc, format });
  if (session.json) await printJson(session, results);
  else {
    const { isTerminal: isForTerminal } = session.output;
    session.output.text(await formatRows(results, kind, { format, isForTerminal }));
  }
  return exitCode.done;
}

function parseLimit(text: string): number {
  const limit = readInteger(text);
  if (limit !== undefined) return Number(limit);
  throw new EngineError(
    'Invalid',
    `invalid limit ${JSON.stringify(text)}: write a whole number from 1 to 100`,
  );
}

async function printJson({ output }: Session, results: readonly SearchResult[]): Promise<void> {
  for (const result of results) {
    await output.json({
      name: result.name,
      description: result.description || null,
      stars: result.stars ?? null,
      official: result.official,
      automated: result.automated,
      verifiedPublisher: result.verifiedPublisher ?? null,
      pulls: result.pulls ?? null,
      updated: result.updated?.toISOString() ?? null,
    });
  }
}
