export interface RowShape {
  /** From 1. */
  readonly level: number;
  /** `undefined` of a row that has nothing below. */
  readonly expanded?: boolean | undefined;
}

export interface RowShapes {
  readonly length: number;
  shape(at: number): RowShape;
}

/** What a key does in a tree: makes a row the current one, unfolds or folds it, or does with it what it is there for. */
export interface Move {
  readonly kind: 'go' | 'toggle' | 'open';
  readonly at: number;
}

/**
 * The keys of a tree. https://www.w3.org/WAI/ARIA/apg/patterns/treeview/#keyboardinteraction
 * @param at the current row
 * @param page rows that a page has
 * @returns `undefined` of keys that mean nothing in a tree
 */
export function moveFor(key: string, at: number, page: number, rows: RowShapes): Move | undefined {
  if (rows.length === 0) return undefined;
  const go = (to: number): Move => ({ kind: 'go', at: Math.min(Math.max(to, 0), rows.length - 1) });
  const { expanded } = rows.shape(at);
  switch (key) {
    case 'ArrowDown':
      return go(at + 1);
    case 'ArrowUp':
      return go(at - 1);
    case 'Home':
      return go(0);
    case 'End':
      return go(rows.length - 1);
    case 'PageDown':
      return go(at + page);
    case 'PageUp':
      return go(at - page);
    case 'ArrowRight':
      if (expanded === false) return { kind: 'toggle', at };
      return expanded ? go(at + 1) : undefined;
    case 'ArrowLeft':
      return expanded ? { kind: 'toggle', at } : go(parentRow(at, rows) ?? at);
    case ' ':
      return { kind: expanded === undefined ? 'open' : 'toggle', at };
    case 'Enter':
      return { kind: 'open', at };
    default:
      return undefined;
  }
}

/** The row that a row is below of. */
export function parentRow(at: number, rows: RowShapes): number | undefined {
  const { level } = rows.shape(at);
  for (let above = at - 1; above >= 0; above--) if (rows.shape(above).level < level) return above;
  return undefined;
}
