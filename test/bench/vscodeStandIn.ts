// As much of VS Code as the rows of a tree need, so that they can be measured without it.

export class TreeItem {
  readonly label: string;
  readonly collapsibleState: number | undefined;

  constructor(label: string, collapsibleState?: number) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class ThemeIcon {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };

export const l10n = {
  t: (text: string, ...values: readonly unknown[]) =>
    text.replace(/\{(\d)\}/g, (hole, place) => String(values[Number(place)] ?? hole)),
};

export const env = { language: 'en' };

/** Not made for a row that nobody points at. */
export class MarkdownString {}
export class ThemeColor {}
export const Uri = {};
