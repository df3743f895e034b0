import { type Command, Option } from 'commander';
import type { ImageAnalysis } from '../engine/image.ts';
import {
  analysisCells,
  analysisHeader,
  inefficiencyCells,
  inefficiencyHeader,
} from '../engine/listing/analysisTable.ts';
import { parseThresholds, type Threshold, type ThresholdOptions } from './analyzeThresholds.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Output } from './output.ts';
import { readableImage, readableOperand } from './readableImage.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

/** What an image wastes; with thresholds, a check for CI. */
export function addAnalyzeVerb(parent: Command, start: Start): void {
  addVerb<ThresholdOptions>(
    parent,
    {
      syntax: 'analyze <image>',
      summary: 'Show how many bytes an image wastes, and where',
      details:
        "The figures are dive's. EFFICIENCY: the bytes of all files if each path were written once, in its smallest form, " +
        'of the bytes written. WASTED: the bytes of the paths that several layers write or remove. USER WASTED: these of ' +
        'the bytes of the layers above the lowest. Where a threshold is missed the report is printed all the same, and ' +
        `the exit code is 1. ${readableOperand}`,
      json:
        '{"efficiency","wastedBytes","userWastedPercent","sizeBytes","layers",\n' +
        '   "inefficiencies":[{"path","count","cumulativeSize"}]}',
      options: thresholdOptions,
      examples: [
        'strata analyze alpine',
        'strata analyze --json docker-archive:app.tar',
        'strata analyze --lowest-efficiency 0.95 --highest-wasted-bytes 20MB oci:./build:app',
      ],
      run: analyze,
    },
    start,
  );
}

function thresholdOptions(): readonly Option[] {
  return [
    new Option('--lowest-efficiency <ratio>', 'Fail below this efficiency, 0 to 1'),
    new Option(
      '--highest-wasted-bytes <bytes>',
      'Fail where more is wasted; takes units, such as 50kB or 1MiB',
    ),
    new Option(
      '--highest-user-wasted-percent <ratio>',
      'Fail where more of the upper layers is wasted, 0 to 1',
    ),
  ];
}

async function analyze(
  session: Session,
  [name = '']: readonly string[],
  options: ThresholdOptions,
): Promise<ExitCode> {
  const thresholds = parseThresholds(options);
  const engine = await session.engine();
  const image = await readableImage(session, name);
  const analysis = await engine.analyze(image, session.signal);
  if (session.json) await session.output.json(analysisJson(analysis));
  else await printReport(session.output, analysis);
  return judge(session.output, analysis, thresholds);
}

async function judge(
  output: Output,
  analysis: ImageAnalysis,
  thresholds: readonly Threshold[],
): Promise<ExitCode> {
  const misses = thresholds.map((threshold) => threshold(analysis)).filter((miss) => miss !== undefined);
  if (misses.length === 0) return exitCode.done;
  await output.flush();
  output.error(misses.join('; '));
  return exitCode.failed;
}

function analysisJson(analysis: ImageAnalysis): object {
  const { efficiency, wastedBytes, userWastedPercent, sizeBytes, layers, inefficiencies } = analysis;
  const rows = inefficiencies.map(({ path, count, cumulativeSize }) => ({ path, count, cumulativeSize }));
  return { efficiency, wastedBytes, userWastedPercent, sizeBytes, layers, inefficiencies: rows };
}

/** The worst of what a person reads; `--json` has all. */
const shownPaths = 20;

/** Paths that waste nothing (an empty folder in two layers) are not shown. */
async function printReport(output: Output, analysis: ImageAnalysis): Promise<void> {
  await output.table(analysisHeader, [analysisCells(analysis)]);
  const wasteful = analysis.inefficiencies.filter(({ cumulativeSize }) => cumulativeSize > 0);
  if (wasteful.length === 0) return;
  await output.line('');
  await output.table(inefficiencyHeader, wasteful.slice(0, shownPaths).map(inefficiencyCells));
  const more = wasteful.length - shownPaths;
  if (more > 0) await output.line(`and ${more} more; --json lists all`);
}
