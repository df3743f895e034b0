import { element } from './dom.ts';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
}

let groups = 0;

/**
 * A row of tabs, each with a figure of its own, and the panels that they show.
 * https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export class Tabs<Id extends string> {
  readonly element: HTMLElement;
  readonly #tabs = new Map<Id, { readonly button: HTMLElement; readonly figure: HTMLElement }>();
  readonly #panels = new Map<Id, HTMLElement>();
  readonly #onChoose: (id: Id) => void;
  #selected: Id | undefined;

  /** @param onChoose the person has chosen another tab, which is shown already */
  constructor(name: string, tabs: readonly Tab<Id>[], onChoose: (id: Id) => void) {
    this.#onChoose = onChoose;
    const prefix = `tabs${++groups}`;
    this.element = element('div', { class: 'tabs', attributes: { role: 'tablist', 'aria-label': name } });
    for (const tab of tabs) this.#add(prefix, tab);
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  get selected(): Id | undefined {
    return this.#selected;
  }

  get panels(): Iterable<HTMLElement> {
    return this.#panels.values();
  }

  panel(id: Id): HTMLElement {
    const panel = this.#panels.get(id);
    if (!panel) throw new RangeError(`there is no tab ${id}`);
    return panel;
  }

  /** Says on the tab what is to be found behind it. */
  setFigure(id: Id, text: string): void {
    const tab = this.#tabs.get(id);
    if (tab) tab.figure.textContent = text;
  }

  select(id: Id): void {
    this.#selected = id;
    for (const [other, { button }] of this.#tabs) {
      const isSelected = other === id;
      button.setAttribute('aria-selected', String(isSelected));
      button.tabIndex = isSelected ? 0 : -1;
      this.panel(other).hidden = !isSelected;
    }
  }

  #add(prefix: string, { id, label }: Tab<Id>): void {
    const figure = element('span', { class: 'tab-figure' });
    const ids = { id: `${prefix}-${id}`, 'aria-controls': `${prefix}-${id}-panel` };
    const button = element(
      'button',
      { class: 'tab', attributes: { role: 'tab', type: 'button', ...ids } },
      element('span', { class: 'tab-label', text: label }),
      figure,
    );
    button.addEventListener('click', () => this.#choose(id));
    const panel = element('section', {
      class: 'tab-panel',
      attributes: { role: 'tabpanel', id: `${prefix}-${id}-panel`, 'aria-labelledby': ids.id, hidden: '' },
    });
    this.#tabs.set(id, { button, figure });
    this.#panels.set(id, panel);
    this.element.append(button);
  }

  #choose(id: Id): void {
    this.select(id);
    this.#tabs.get(id)?.button.focus();
    this.#onChoose(id);
  }

  #onKey(event: KeyboardEvent): void {
    const ids = [...this.#tabs.keys()];
    const at = this.#selected === undefined ? 0 : ids.indexOf(this.#selected);
    const places: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % ids.length,
      ArrowLeft: (at + ids.length - 1) % ids.length,
      Home: 0,
      End: ids.length - 1,
    };
    const place = places[event.key];
    const id = place === undefined ? undefined : ids[place];
    if (id === undefined) return;
    event.preventDefault();
    this.#choose(id);
  }
}
