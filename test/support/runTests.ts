// `npm test`: every check and test of the project, stage by stage.
//
//   npm test                          all stages
//   npm test -- unit contract         these stages, and those they need
//   npm test -- unit --grep digest    the tests whose title contains a text
//
// A program that a stage needs and that is missing is installed where that can be done without asking (as root on
// Debian or Ubuntu). Elsewhere the stage is skipped, or fails where CI is `true`.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { vscodeCache } from './paths.ts';
import { seconds } from './running/format.ts';
import { endLeftovers } from './running/leftovers.ts';
import { type Stage, type StageOptions, stages } from './running/stages.ts';
import { completeParts, type SystemPart } from './running/systemParts.ts';
import { addCounts, noTests, type TestCounts } from './running/testCounts.ts';

const oneFailure: TestCounts = { passed: 0, failed: 1, skipped: 0 };

interface StageResult {
  readonly stage: Stage;
  readonly counts: TestCounts;
  readonly milliseconds: number;
  /** Why it failed or was left out, beyond its failed tests. */
  readonly remark?: string;
  readonly leftOut?: boolean;
}

function choose(names: readonly string[]): Stage[] {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    console.error(
      `No such stage: ${unknown.join(', ')}. There are: ${stages.map(({ name }) => name).join(', ')}`,
    );
    process.exit(2);
  }
  const chosen = new Set(names);
  for (const { name, after } of stages) {
    if (chosen.has(name)) for (const needed of after ?? []) chosen.add(needed);
  }
  return stages.filter(({ name }) => chosen.size === 0 || chosen.has(name));
}

async function runStage(
  stage: Stage,
  options: StageOptions,
  missing: readonly SystemPart[],
): Promise<StageResult> {
  if (options.isLive) console.log(`\n━━━ ${stage.title} ━━━`);
  else console.log(`▶ ${stage.name}`);
  const absent = ((await stage.needs?.()) ?? []).filter((part) => missing.includes(part));
  if (absent.length > 0) return leaveOut(stage, absent);
  const start = performance.now();
  const outcome = await attempt(stage, options);
  const leftovers = await endLeftovers(stage.name);
  const remarks = [outcome.remark, ...leftovers.map(({ command }) => `left running: ${command}`)];
  const remark = remarks.filter((text) => text !== undefined).join('\n');
  const counts = leftovers.length === 0 ? outcome.counts : addCounts(outcome.counts, oneFailure);
  const milliseconds = performance.now() - start;
  if (remark !== '') console.error(remark);
  console.log(`${counts.failed === 0 ? '✔' : '✘'} ${stage.name} (${seconds(milliseconds)})`);
  return { stage, counts, milliseconds, ...(remark === '' ? {} : { remark }) };
}

/** What is quick and what all others use first; then the lanes side by side. Results in the order of the stages. */
async function runAll(chosen: readonly Stage[], missing: readonly SystemPart[]): Promise<StageResult[]> {
  const results: StageResult[] = [];
  const runInTurn = async (inTurn: readonly Stage[], isLive: boolean) => {
    for (const stage of inTurn) results.push(await runStage(stage, { ...grep, isLive }, missing));
  };
  await runInTurn(
    chosen.filter(({ lane }) => lane === undefined),
    true,
  );
  const names = new Set(chosen.flatMap(({ lane }) => lane ?? []));
  const inLane = (name: string) => chosen.filter(({ lane }) => lane === name);
  await Promise.all([...names].map((name) => runInTurn(inLane(name), names.size === 1)));
  return results.toSorted((one, other) => stages.indexOf(one.stage) - stages.indexOf(other.stage));
}

async function attempt(
  stage: Stage,
  options: StageOptions,
): Promise<{ counts: TestCounts; remark?: string }> {
  try {
    return { counts: await stage.run(options) };
  } catch (error) {
    return { counts: oneFailure, remark: error instanceof Error ? error.message : String(error) };
  }
}

function leaveOut(stage: Stage, absent: readonly SystemPart[]): StageResult {
  const remark = absent.map(({ name, hint }) => `needs ${name} (${hint})`).join('\n');
  const counts = process.env.CI === 'true' ? oneFailure : noTests;
  console.error(remark);
  return { stage, counts, milliseconds: 0, remark, leftOut: true };
}

function summarise(results: readonly StageResult[]): TestCounts {
  console.log('\n━━━ Summary ━━━');
  for (const { stage, counts, milliseconds, remark, leftOut } of results) {
    const verdict = counts.failed > 0 ? 'failed' : leftOut === true ? 'left out' : 'ok';
    const tests = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
    console.log(
      `${verdict.padEnd(9)} ${stage.name.padEnd(9)} ${seconds(milliseconds).padStart(8)}  ${tests}`,
    );
    if (leftOut === true) console.log(remark?.replace(/^/gm, '          '));
    for (const { test, message } of counts.failures ?? []) {
      console.log(`          ✘ ${test}`);
      console.log(firstLines(message).replace(/^/gm, '            '));
    }
  }
  return results.map(({ counts }) => counts).reduce(addCounts, noTests);
}

/** The rest stands where the test ran; the end of a long log is all that is kept of some runs. */
function firstLines(message: string): string {
  return message.split('\n', 12).join('\n').slice(0, 1200);
}

const { values, positionals } = parseArgs({ options: { grep: { type: 'string' } }, allowPositionals: true });
const grep = values.grep === undefined ? {} : { grep: values.grep };
const chosen = choose(positionals);
const needs = await Promise.all(chosen.map((stage) => stage.needs?.() ?? []));
const missing = await completeParts(needs.flat());
// Every process of the tests loads much the same code: what one has compiled is compiled for all.
process.env.NODE_COMPILE_CACHE ??= path.join(vscodeCache, 'compile-cache');
const { passed, failed, skipped } = summarise(await runAll(chosen, missing));
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
