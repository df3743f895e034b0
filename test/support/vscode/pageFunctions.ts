/**
 * Functions that run inside the page. This project compiles without the DOM's types, so that no engine code can
 * lean on them; the few members used here are written down below.
 */

interface DrawnElement {
  readonly textContent: string | null;
  readonly style: { readonly top: string };
  getAttribute(name: string): string | null;
  getBoundingClientRect(): { left: number; top: number; width: number; height: number };
  querySelector(selector: string): DrawnElement | null;
  querySelectorAll(selector: string): Iterable<DrawnElement>;
}

interface PageGlobals {
  readonly document: {
    createTreeWalker(root: DrawnElement, show: number): { nextNode(): { readonly data: string } | null };
    createRange(): {
      setStart(node: object, offset: number): void;
      setEnd(node: object, offset: number): void;
      getBoundingClientRect(): { left: number; top: number; width: number; height: number };
    };
  };
  readonly navigator: { readonly clipboard: { readText(): Promise<string> } };
}

export interface TreeRow {
  /** The row's text as a person reads it: label and description, a space between. */
  readonly text: string;
  /** 1 for a root. */
  readonly level: number;
  /** `undefined` for a row that holds nothing. */
  readonly expanded: boolean | undefined;
}

export function readClipboard(): Promise<string> {
  return (globalThis as unknown as PageGlobals).navigator.clipboard.readText();
}

/** The rows of a tree from top to bottom; VS Code keeps them in the document in another order. */
export function readTreeRows(elements: readonly DrawnElement[]): TreeRow[] {
  return elements
    .toSorted((one, other) => Number.parseFloat(one.style.top) - Number.parseFloat(other.style.top))
    .map((row) => ({
      text: ['.label-name', '.label-description']
        .map((part) => row.querySelector(part)?.textContent ?? '')
        .filter((text) => text !== '')
        .join(' '),
      level: Number(row.getAttribute('aria-level')),
      expanded: { true: true, false: false }[row.getAttribute('aria-expanded') ?? ''],
    }));
}

/** The lines of an editor that are drawn, from top to bottom. */
export function readLines(elements: readonly DrawnElement[]): string[] {
  return elements
    .toSorted((one, other) => Number.parseFloat(one.style.top) - Number.parseFloat(other.style.top))
    .map((line) => line.textContent ?? '');
}

/** Where the middle of the first character of `text` stands in the window, by the drawn lines of an editor. */
export function findOnScreen(
  editor: DrawnElement,
  wanted: { readonly text: string; readonly occurrence: number },
): { x: number; y: number } | undefined {
  const page = (globalThis as unknown as PageGlobals).document;
  const textNodes = 4;

  function centreOf(line: DrawnElement, column: number): { x: number; y: number } | undefined {
    const walker = page.createTreeWalker(line, textNodes);
    let rest = column;
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (rest < node.data.length) {
        const range = page.createRange();
        range.setStart(node, rest);
        range.setEnd(node, rest + 1);
        const box = range.getBoundingClientRect();
        return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
      }
      rest -= node.data.length;
    }
    return undefined;
  }

  const lines = [...editor.querySelectorAll('.view-line')];
  const places = lines
    .toSorted((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
    .flatMap((line) => {
      const content = (line.textContent ?? '').replaceAll('\u00a0', ' ');
      return content.split(wanted.text).flatMap((_, index, parts) => {
        if (index === 0) return [];
        return [{ line, column: parts.slice(0, index).join(wanted.text).length }];
      });
    });
  const place = places[wanted.occurrence];
  return place === undefined ? undefined : centreOf(place.line, place.column);
}
