/** What a page of a list by page number gave. */
export interface NumberedPage {
  readonly names: readonly string[];
  readonly isLast: boolean;
}

/** No such list is longer: one that goes on has no end. */
const maxPages = 1000;

/**
 * Names of a list that is asked for by page number, as pages arrive. Where its answers say that the next page is does not
 * matter: whoever was asked first is asked on.
 * @param fetch the page, counted from 1
 */
export async function* numberedPages(
  fetch: (page: number) => Promise<NumberedPage>,
): AsyncGenerator<string, void, undefined> {
  for (let page = 1; page <= maxPages; page++) {
    const { names, isLast } = await fetch(page);
    yield* names;
    if (isLast || names.length === 0) return;
  }
}
