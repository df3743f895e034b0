import { GoCallError } from './goValue.ts';

const mostOutput = 1 << 26;
const mostSteps = 1_000_000;
const deepest = 1000;
const charactersPerStep = 64;

/**
 * What one execution may take, so that no template can hang or exhaust whoever runs it: 64 Mi characters of output,
 * 1,000,000 steps (a node evaluated, or 64 characters made by a function), 1000 blocks, parentheses and templates within
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

  /** Text that a function made. */
  countText(characters: number): void {
    this.addSteps(Math.trunc(characters / charactersPerStep));
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
