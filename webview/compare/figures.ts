import { type ChangeKind, changeKinds } from '../../src/protocol/comparePage.ts';
import { fill, formatCount } from '../common/format.ts';
import { kindOf } from './badge.ts';
import type { Words } from './comparePage.ts';

export type Counts = Readonly<Partial<Record<ChangeKind, number>>>;

/** How many of each kind, of what has two sides. */
export function differenceCounts(
  changes: readonly { readonly before: unknown; readonly after: unknown }[],
): Counts {
  const counts: Partial<Record<ChangeKind, number>> = {};
  for (const { before, after } of changes) {
    const kind = kindOf(before, after);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** `3 changed, 1 added`, what there is most to say of first; `undefined` where nothing is different. */
export function figureOf(counts: Counts, words: Words): string | undefined {
  const texts: Record<ChangeKind, string> = {
    modified: words.changedCount,
    added: words.addedCount,
    removed: words.removedCount,
    renamed: words.renamedCount,
  };
  const order: readonly ChangeKind[] = ['modified', ...changeKinds.filter((kind) => kind !== 'modified')];
  const parts = order.flatMap((kind) => (counts[kind] ? [fill(texts[kind], formatCount(counts[kind]))] : []));
  return parts.length === 0 ? undefined : parts.join(', ');
}
