import { readFile } from 'node:fs/promises';
import type { Frame } from 'playwright-core';
import { toolScript } from '../paths.ts';

/** What axe says of one rule; of its answer only what a person needs to find the fault. */
interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

interface Axe {
  run(
    context: unknown,
    options: { readonly runOnly: readonly string[]; readonly resultTypes: readonly string[] },
  ): Promise<{ readonly violations: readonly Finding[]; readonly passes: readonly unknown[] }>;
}

/** The rules of WCAG 2.2 A and AA, and what is good practice beside them. */
const ruleSets = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let source: Promise<string> | undefined;

/**
 * What axe (https://github.com/dequelabs/axe-core) finds wrong with a document as it is shown now: a sentence for each
 * rule that it breaks, with where. Rejects where axe found nothing to look at, which is no sign of health.
 */
export async function accessibilityFaults(frame: Frame): Promise<readonly string[]> {
  source ??= readFile(toolScript('axe-core/axe.min.js'), 'utf8');
  if (!(await frame.evaluate('"axe" in globalThis'))) await frame.evaluate(await source);
  const { violations, passes } = await frame.evaluate(runAxe, ruleSets);
  if (passes === 0) throw new Error('axe found nothing in the document that it could check');
  return violations.map(faultText);
}

/** Runs in the page. */
async function runAxe(
  runOnly: readonly string[],
): Promise<{ readonly violations: readonly Finding[]; readonly passes: number }> {
  const { axe, document } = globalThis as unknown as { readonly axe: Axe; readonly document: unknown };
  const { violations, passes } = await axe.run(document, { runOnly, resultTypes: ['violations'] });
  return { violations, passes: passes.length };
}

function faultText({ id, help, nodes }: Finding): string {
  const places = nodes.map(({ target, failureSummary = '' }) => `${target.join(' ')}: ${failureSummary}`);
  return [`${id}: ${help}`, ...places].join('\n  ');
}
