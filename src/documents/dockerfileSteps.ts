import { readDockerfileText, type WholeInstruction } from './dockerfileInstructions.ts';
import { readFlags, splitWords } from './dockerfileWords.ts';
import { type HistoryStep, singleBlanks } from './historyStep.ts';

/** An instruction as the history of an image would tell of it. */
export interface BuildStep extends HistoryStep {
  /** Offsets in the file. */
  readonly start: number;
  readonly end: number;
  /** Of COPY and ADD: where to. */
  readonly destination?: string;
}

/** A stage with everything that the stages it stands on do, the lowest first. */
export interface BuildPlan {
  /** The FROM that names an image, or `scratch`. */
  readonly base: Pick<BuildStep, 'start' | 'end'>;
  readonly steps: readonly BuildStep[];
}

/** Steps that a stage takes over: a thousand stages one on the other must not become a million steps. */
const longestChain = 600;

/** What the stages of a Dockerfile do, one plan a stage in their order. ONBUILD and ARG above the first FROM aside. */
export function buildPlans(text: string): readonly BuildPlan[] {
  const plans: BuildPlan[] = [];
  const named = new Map<string, BuildPlan>();
  let own: BuildStep[] = [];
  for (const instruction of readDockerfileText(text).instructions) {
    if (instruction.keyword !== 'FROM') {
      own.push(buildStep(instruction));
      continue;
    }
    const { image, alias } = fromOf(instruction);
    const below = named.get(image.toLowerCase());
    own = below?.steps.slice(-longestChain) ?? [];
    const plan: BuildPlan = { base: below?.base ?? placeOf(instruction), steps: own };
    plans.push(plan);
    if (alias !== undefined) named.set(alias.toLowerCase(), plan);
  }
  return plans;
}

function fromOf({ args }: WholeInstruction): { image: string; alias: string | undefined } {
  const words = splitWords(args.text, readFlags(args).rest).map(({ start, end }) =>
    args.text.slice(start, end),
  );
  const [image = '', as, name] = words;
  return { image, alias: as?.toLowerCase() === 'as' ? name : undefined };
}

function placeOf({ offset, end }: WholeInstruction): { start: number; end: number } {
  return { start: offset, end };
}

function buildStep(instruction: WholeInstruction): BuildStep {
  const { keyword, args } = instruction;
  const rest = args.text.slice(readFlags(args).rest);
  const place = { ...placeOf(instruction), keyword };
  if (keyword === 'RUN') return { ...place, text: singleBlanks(commandText(rest, instruction)) };
  if (keyword !== 'COPY' && keyword !== 'ADD') return { ...place, text: singleBlanks(args.text) };
  const words = jsonWords(rest) ?? singleBlanks(rest).split(' ');
  return { ...place, text: words.join(' '), destination: words.at(-1) ?? '' };
}

/**
 * The command that is run. A heredoc alone is the script itself; beside other words the shell is given all of it.
 * https://github.com/moby/buildkit/blob/v0.20.0/frontend/dockerfile/dockerfile2llb/convert.go (`dispatchRun`)
 */
function commandText(rest: string, { heredocs }: WholeInstruction): string {
  const [only] = heredocs;
  if (!only) return jsonWords(rest)?.join(' ') ?? rest;
  if (!/^\d*<<-?\S+\s*$/.test(rest)) {
    return [rest, ...heredocs.map(({ name, text }) => `${text}\n${name}`)].join('\n');
  }
  return only.text.startsWith('#!') ? `/dev/pipes/${only.name}` : only.text;
}

/** The exec form. */
function jsonWords(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined; // Not JSON: the shell form, whose first word begins with a bracket.
  }
}
