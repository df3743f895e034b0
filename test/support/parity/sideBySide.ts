import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from '../commandLine.ts';
import { moveTag } from '../sampleRegistry/moveTag.ts';
import { ParityWorld, type RunOptions } from './parityWorld.ts';
import { shellWords } from './words.ts';

/** One command line that both are given, in the words of a shell. See {@link ParityWorld.fillIn} for its placeholders. */
export interface ParityCase extends RunOptions {
  readonly run: string;
  /** Takes from both outputs what cannot be the same: times, the weather of a transfer. Says why by its name. */
  readonly comparing?: (stdout: string) => unknown;
  /** What both complaints must say, where their words differ. */
  readonly means?: RegExp;
  /** What is accepted to be different, and the argument for it. */
  readonly accepted?: AcceptedDifference;
}

export interface AcceptedDifference {
  readonly because: string;
  /** What Strata prints or answers instead; all else must be the same. */
  readonly stdout?: RegExp;
  readonly stderr?: RegExp;
  readonly code?: number;
}

/** A tag of the registry moves before the next command. */
export interface TagMove {
  readonly repository: string;
  readonly tag: string;
  readonly to: string;
  /** The type that the image's config is said to have from now on; '' leaves it out. */
  readonly configType?: string;
}

/** A file comes into `FOLDER` before the next command. */
export interface GivenFile {
  readonly file: string;
  readonly what: string;
  readonly bytes: () => Promise<Buffer> | Buffer;
}

export type ParityStep = string | ParityCase | TagMove | GivenFile;

/** Steps that build on one another; each chapter begins with no image on either side. */
export type ParityChapters = Readonly<Record<string, readonly ParityStep[]>>;

/** A test for each step: both print the same, exit alike and complain of the same. */
export function describeParity(
  title: string,
  chapters: ParityChapters,
  startWorld: () => Promise<ParityWorld> = () => ParityWorld.start(),
): void {
  describe(title, function () {
    this.timeout(120_000);
    let world: ParityWorld;

    before(async () => {
      world = await startWorld();
    });
    after(async () => world?.[Symbol.asyncDispose]());

    for (const [chapter, steps] of Object.entries(chapters)) {
      describe(chapter, () => {
        before(() => world.clear());
        for (const step of steps) stepTest(step, () => world);
      });
    }
  });
}

function stepTest(step: ParityStep, world: () => ParityWorld): void {
  if (typeof step !== 'string' && 'to' in step) {
    const { repository, tag, to, configType } = step;
    const typed = configType === undefined ? '' : `, its config typed '${configType}'`;
    it(`(the tag ${tag} of ${repository} moves to ${to}${typed})`, () =>
      moveTag(world().registry.host, repository, tag, to, (manifest) =>
        configType === undefined ? manifest : withConfigType(manifest, configType),
      ));
    return;
  }
  if (typeof step !== 'string' && 'file' in step) {
    const { file, what, bytes } = step;
    it(`(${file} is ${what})`, async () => writeFile(join(world().folder, file), await bytes()));
    return;
  }
  const parityCase = typeof step === 'string' ? { run: step } : step;
  const { run, accepted } = parityCase;
  it(accepted ? `${run}  (differs: ${accepted.because})` : run, () => compare(world(), parityCase));
}

function withConfigType(manifest: Buffer, type: string): Buffer {
  const value = JSON.parse(manifest.toString()) as { config: { mediaType?: string } };
  if (type === '') delete value.config.mediaType;
  else value.config.mediaType = type;
  return Buffer.from(JSON.stringify(value));
}

async function compare(world: ParityWorld, parityCase: ParityCase): Promise<void> {
  const { run, comparing = pullsCompared, accepted = { because: '' } } = parityCase;
  const operands: string[] = [];
  for (const word of shellWords(run)) operands.push(await world.fillIn(word));
  const [expected, actual] = await runBoth(world, operands, parityCase);
  if (accepted.stdout) {
    assert.notDeepEqual(comparing(actual.stdout), comparing(expected.stdout), 'no difference: take it out');
    assert.match(actual.stdout, accepted.stdout);
  } else assert.deepEqual(comparing(actual.stdout), comparing(expected.stdout), said(expected, actual));
  assert.equal(actual.code, accepted.code ?? expected.code, said(expected, actual));
  compareComplaints(parityCase, expected, actual);
}

/** What only reads runs side by side; what writes to the registry or a file one after the other, Docker first. */
async function runBoth(
  world: ParityWorld,
  operands: readonly string[],
  options: RunOptions,
): Promise<readonly [docker: CommandResult, strata: CommandResult]> {
  const command = `${operands.join(' ')} `;
  const docker = world.runDocker(operands, options);
  if (!/^(image )?(ls|images|inspect|history|search) /.test(command)) await docker;
  return Promise.all([docker, world.runStrata(operands, options)]);
}

function compareComplaints(
  { means, accepted }: ParityCase,
  expected: CommandResult,
  actual: CommandResult,
): void {
  const wanted = accepted?.stderr ?? means;
  if (wanted === undefined) {
    assert.equal(complaint(actual), complaint(expected), said(expected, actual));
    return;
  }
  if (!accepted?.stderr) assert.match(complaint(expected), wanted, said(expected, actual));
  assert.match(complaint(actual), wanted, said(expected, actual));
}

/** What is complained of, without who says it and without the advice that follows it. */
export function complaint({ stderr }: CommandResult): string {
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !/^(See 'docker|Usage: )/.test(line))
    .map((line) =>
      line.replace(/^((Error|Warning): |Error response from daemon: )+/i, '').replace(/(; .*|\.)$/, ''),
    )
    .join('\n');
}

/** Which of these come, and when, depends on the weather. */
const transient = /: (Waiting|Verifying Checksum|Download complete|Downloading.*|Extracting.*)$/;
const states = [/: Already exists$/, /: Pulling fs layer$/, /: Pull complete$/];

/** Docker fetches as many layers side by side as it likes; each state's own order is promised. */
export function pullsCompared(stdout: string): string[] {
  const lines = stdout.split('\n').filter((line) => !transient.test(line));
  const rank = (line: string) => states.findIndex((state) => state.test(line));
  const first = lines.findIndex((line) => rank(line) >= 0);
  const layers = lines.filter((line) => rank(line) >= 0).toSorted((a, b) => rank(a) - rank(b));
  return lines.filter((line) => rank(line) < 0).toSpliced(Math.max(first, 0), 0, ...layers);
}

/** Docker’s order of what a map of its engine holds (an image’s names, images to be pruned) is another one each time. */
export function anyOrder(stdout: string): string[] {
  return stdout.split('\n').toSorted();
}

function said(expected: CommandResult, actual: CommandResult): string {
  const told = ({ code, stdout, stderr }: CommandResult) => `${code}\n${stdout}\n${stderr}`;
  return `docker: ${told(expected)}\nstrata: ${told(actual)}`;
}
