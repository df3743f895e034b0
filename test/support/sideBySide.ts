/**
 * Does the work of each lane in turn, and that of the lanes side by side.
 * @returns what an item's result is waited for with
 */
export function sideBySide<T, R>(
  lanes: readonly (readonly T[])[],
  work: (item: T) => Promise<R>,
): (item: T) => Promise<R> {
  const results = new Map<T, Promise<R>>();
  for (const lane of lanes) {
    let turn: Promise<unknown> = Promise.resolve();
    for (const item of lane) {
      const result = turn.then(() => work(item));
      // Whoever waits for it hears of a failure; the next one has its turn all the same.
      turn = result.catch(() => undefined);
      results.set(item, result);
    }
  }
  return (item) => results.get(item) ?? Promise.reject(new RangeError('in no lane'));
}
