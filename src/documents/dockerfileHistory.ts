import { type BuildPlan, type BuildStep, buildPlans } from './dockerfileSteps.ts';
import { type HistoryStep, historyStep, ranCommand } from './historyStep.ts';
import { LineMap } from './lineMap.ts';
import type { Range } from './mention.ts';

/** How the history of an image fits a Dockerfile. */
export interface HistoryMatch {
  /**
   * For each step of the history the instruction that made it: FROM for those of the base image, none for those that came
   * later but have no instruction here.
   */
  readonly places: readonly (Range | undefined)[];
  /** Instructions that made a step of the history. */
  readonly matched: number;
  /** Instructions of the stage that could have. */
  readonly instructions: number;
}

/** More are not compared: it takes the product of both. The last ones are. */
const maxSteps = 600;
const maxStages = 50;

/**
 * Finds the instructions that made an image: of all stages those that fit best, of equals the last stage's. Steps below the
 * lowest that fits are the base image's.
 * @param createdBy the history's, lowest first
 */
export function matchHistory(text: string, createdBy: readonly string[]): HistoryMatch {
  const lines = new LineMap(text);
  const history = createdBy.map(historyStep);
  const plans = buildPlans(text);
  let best: Alignment | undefined;
  for (const plan of plans.slice(-maxStages).toReversed()) {
    const aligned = align(plan, history);
    if (!best || aligned.weight > best.weight) best = aligned;
  }
  if (!best || best.weight === 0) return unmatched(createdBy, best);
  const { plan, pairs } = best;
  const first = Math.min(...pairs.keys());
  const made = withEdited(plan.steps, history, pairs);
  const places = history.map((_, place) => {
    const part = place < first ? plan.base : made.get(place);
    return part && lines.rangeAt(part.start, part.end);
  });
  return { places, matched: pairs.size, instructions: plan.steps.length };
}

function unmatched(createdBy: readonly string[], best: Alignment | undefined): HistoryMatch {
  return { places: createdBy.map(() => undefined), matched: 0, instructions: best?.plan.steps.length ?? 0 };
}

interface Alignment {
  readonly plan: BuildPlan;
  /** By the place in the history. */
  readonly pairs: ReadonlyMap<number, BuildStep>;
  /** Sum of the pairs' likenesses. */
  readonly weight: number;
}

/** The heaviest pairing in which both keep their order; of equals the one nearest to the history's end. */
function align(plan: BuildPlan, history: readonly HistoryStep[]): Alignment {
  const steps = plan.steps.slice(-maxSteps);
  const from = Math.max(0, history.length - maxSteps);
  const width = history.length - from + 1;
  // weights[i * width + j]: the best for the steps before i and the history before from + j.
  const weights = new Float64Array((steps.length + 1) * width);
  const at = (step: number, place: number) => weights[step * width + place] ?? 0;
  const likeness = (step: number, place: number) =>
    likenessOf(steps[step - 1] as BuildStep, history[from + place - 1] as HistoryStep);
  for (let step = 1; step <= steps.length; step++) {
    for (let place = 1; place < width; place++) {
      const paired = at(step - 1, place - 1) + likeness(step, place);
      weights[step * width + place] = Math.max(at(step - 1, place), at(step, place - 1), paired);
    }
  }
  const pairs = new Map<number, BuildStep>();
  for (let step = steps.length, place = width - 1; step > 0 && place > 0; ) {
    const like = likeness(step, place);
    const own = steps[step - 1];
    if (own && like > 0 && at(step, place) === at(step - 1, place - 1) + like) {
      pairs.set(from + --place, own);
      step--;
    } else if (at(step, place) === at(step - 1, place)) step--;
    else place--;
  }
  return { plan, pairs, weight: at(steps.length, width - 1) };
}

/** What a file system step tells is the surest; small integers, so that sums compare exactly. */
const sure = 8;
const likely = 4;
const setting = 2;

function likenessOf(step: BuildStep, made: HistoryStep): number {
  if (step.keyword !== made.keyword) return 0;
  switch (step.keyword) {
    case 'RUN':
      return ranCommand(made.text, step.text) ? sure : 0;
    case 'COPY':
    case 'ADD':
      return copyLikeness(step, made.text);
    case 'WORKDIR':
      return isSameValue(step.text, made.text) || made.text.endsWith(`/${step.text}`) ? likely : 0;
    case 'ARG': // Buildah tells no default.
      return isSameValue(step.text, made.text) || made.text === step.text.replace(/=.*/s, '') ? setting : 0;
    default:
      return isSameValue(step.text, made.text) ? setting : 0;
  }
}

/** `file:1f… in /srv`; an owner stands in front of it without a blank. */
const hashedSource = /(?:^--chown=\S*?|^|\s)(?:file|dir|multi):[0-9a-f]+ in (.*)$/;

/** The classic builder tells only a hash of what it copied. */
function copyLikeness({ text, destination = '' }: BuildStep, made: string): number {
  const [, hashedTo] = hashedSource.exec(made) ?? [];
  if (hashedTo !== undefined) return isDestination(destination, hashedTo) ? likely : 0;
  const words = made.split(' ').filter((word) => !word.startsWith('--'));
  const copied = words.join(' ');
  if (fits(text, copied)) return text.includes('$') ? likely : sure;
  const [, ...sources] = words.toReversed();
  return sources.length > 0 && fits(text.slice(0, -destination.length).trim(), sources.toReversed().join(' '))
    ? likely
    : 0;
}

/** Relative ones are written out with the working folder in front. */
function isDestination(wanted: string, given: string): boolean {
  const bare = (path: string) =>
    path
      .trim()
      .replace(/^\.?\/(?=.)/, '')
      .replace(/(?<=.)\/$/, '');
  const [a, b] = [bare(wanted), bare(given)];
  return fits(a, b) || (!wanted.startsWith('/') && (a === '.' || b.endsWith(`/${a}`)));
}

/** Builders write lists and quotes in ways of their own: `["a" "b"]`, `map[80/tcp:{}]`, `[/data]`. */
function isSameValue(wanted: string, made: string): boolean {
  const [a, b] = [lettersOf(wanted), lettersOf(made)];
  return fits(a, b) || b === `binshc${a}` || b === `map${a}tcp` || b === `${a}tcp`;
}

function lettersOf(text: string): string {
  return text.replace(/[^\w$]/g, '');
}

const variable = /\$(?:\{[^}]*\}|\w+)/;

/** Whether it is the same text, whatever a variable in the wanted one stands for. */
function fits(wanted: string, made: string): boolean {
  if (!wanted.includes('$')) return wanted === made;
  const pieces = wanted.split(variable);
  const last = pieces.pop() ?? '';
  let at = 0;
  for (const [place, piece] of pieces.entries()) {
    const found = made.indexOf(piece, at);
    if (found < 0 || (place === 0 && found !== 0)) return false;
    at = found + piece.length;
  }
  return made.length - at >= last.length && made.endsWith(last);
}

/**
 * The pairs, and what lies between them where it is the same kinds of instructions in both: those have been edited since the
 * build.
 */
function withEdited(
  steps: readonly BuildStep[],
  history: readonly HistoryStep[],
  pairs: ReadonlyMap<number, BuildStep>,
): ReadonlyMap<number, BuildStep> {
  const all = new Map(pairs);
  const known = [...pairs].sort(([a], [b]) => a - b);
  for (const [number, [place, step]] of known.entries()) {
    const next = known[number + 1];
    const madeBetween = history.slice(place + 1, next?.[0]);
    const between = steps.slice(steps.indexOf(step) + 1, next ? steps.indexOf(next[1]) : undefined);
    if (kindsOf(madeBetween) !== kindsOf(between)) continue;
    for (const [offset, own] of between.entries()) all.set(place + 1 + offset, own);
  }
  return all;
}

function kindsOf(steps: readonly HistoryStep[]): string {
  return steps.map(({ keyword }) => keyword).join(' ');
}
