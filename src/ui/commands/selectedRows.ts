/**
 * The rows that a menu's command is for: VS Code gives the row that was pointed at and all that are selected, which
 * count where it is one of them.
 */
export function selectedRows<T>(
  kind: abstract new (...args: never[]) => T,
  [row, selected]: readonly unknown[],
): T[] {
  const rows: readonly unknown[] = Array.isArray(selected) && selected.includes(row) ? selected : [row];
  return rows.filter((candidate): candidate is T => candidate instanceof kind);
}
