import { withinTime } from '../withinTime.ts';

/**
 * The last of a row of snapshots that know more and more; where the next one lets wait longer than `patience` ms, the
 * last that has come. The rest is then read to its end on the side, so that what it brings is in the cache the next time.
 * @param late is told of a failure of that rest, which nobody waits for any more
 */
export async function latestWithin<T>(
  snapshots: AsyncGenerator<T, void, undefined>,
  patience: number,
  late: (error: unknown) => void,
): Promise<T | undefined> {
  let latest: { readonly value: T } | undefined;
  for (;;) {
    const next = snapshots.next();
    const result = latest ? await withinTime(next, patience) : await next;
    if (result === 'late') {
      drain(next, snapshots).catch(late);
      return latest?.value;
    }
    if (result.done) return latest?.value;
    latest = { value: result.value };
  }
}

async function drain<T>(next: Promise<unknown>, rest: AsyncGenerator<T, void, undefined>): Promise<void> {
  await next;
  for (;;) {
    if ((await rest.next()).done) return;
  }
}
