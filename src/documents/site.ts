import { isEngineError } from '../engine/errors.ts';
import { parseReference, type Reference } from '../engine/oci/reference.ts';
import type { LineMap } from './lineMap.ts';
import type { Mention } from './mention.ts';
import type { Expansion } from './pieces.ts';
import { piecesText } from './pieces.ts';

/** A mention together with where its characters come from: what edits are made from. */
export interface Site {
  readonly mention: Mention;
  readonly expansion: Expansion;
}

/** What a file holds, and what else in it depends on the same variables. */
export interface ReadDocument {
  readonly sites: readonly Site[];
  /** What an edit for one mention must leave as it is, beside the other mentions. */
  readonly dependents: readonly string[];
}

export type Finding = Pick<Mention, 'reference' | 'reason'>;

/** What a substituted word names, stages aside. */
export function findingOf(expansion: Expansion): Finding {
  if (expansion.unresolved !== undefined) return { reason: 'unresolved-argument' };
  if (expansion.broken) return { reason: 'invalid' };
  const reference = tryReference(piecesText(expansion.pieces));
  return reference ? { reference } : { reason: 'invalid' };
}

export function tryReference(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return undefined;
    throw error;
  }
}

/** The default value that the reference ends in, if it ends in one. */
export function definitionOf(expansion: Expansion, lines: LineMap): Pick<Mention, 'definition'> {
  const owner = expansion.pieces.at(-1)?.owner;
  if (!owner?.value) return {};
  return { definition: { name: owner.name, range: lines.rangeAt(owner.value.start, owner.value.end) } };
}
