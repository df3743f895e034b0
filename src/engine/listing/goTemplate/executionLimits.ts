import { GoCallError, type GoValue } from './goValue.ts';

const mostOutput = 1 << 26;
const mostSteps = 1_000_000;
const deepest = 1000;
const charactersPerStep = 16;
const itemsPerStep = 8;

/**
 * What one execution may take, so that no template can hang or exhaust whoever runs it: 64 Mi characters of output,
 * 1,000,000 steps (a node evaluated, or 16 characters or 8 items that a function is given or gives), 1000 blocks, parentheses and templates within
 * each other. Go stops at 100,000 templates within each other and at nothing else.
 */
export class ExecutionLimits {
  private output = 0;
  private steps = 0;
  private depth = 0;

  countOutput(characters: number): void {
    this.output += characters;
    if (this.output > mostOutput) throw new GoCallError(`the output is longer than ${mostOutput} characters`);
  }

  countStep(): void {
    this.addSteps(1);
  }

  /** What a function was given or gave. */
  countValue(value: GoValue): void {
    if (typeof value === 'string') this.addSteps(Math.trunc(value.length / charactersPerStep));
    else if (typeof value === 'object' && value.kind === 'slice')
      this.addSteps(Math.trunc(value.items.length / itemsPerStep));
  }

  private addSteps(count: number): void {
    this.steps += count;
    if (this.steps > mostSteps) throw new GoCallError(`the template takes more than ${mostSteps} steps`);
  }

  enter(): void {
    this.depth += 1;
    if (this.depth > deepest) throw new GoCallError(`exceeded maximum template depth (${deepest})`);
  }

  leave(): void {
    this.depth -= 1;
  }
}
