/**
 * What comes, several at a time: the first at once, for there is something to see, then whatever has gathered in
 * `milliseconds`. Nothing is held back while the source rests longer than that only if it yields again: it is for sources
 * that keep coming.
 */
export async function* timeSlices<T>(
  items: AsyncIterable<T>,
  milliseconds = 50,
  now: () => number = () => performance.now(),
): AsyncGenerator<readonly T[], void, undefined> {
  let gathered: T[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for await (const item of items) {
    gathered.push(item);
    if (now() - last < milliseconds) continue;
    yield gathered;
    gathered = [];
    last = now();
  }
  if (gathered.length > 0) yield gathered;
}
