// The one place that knows the toolkit, with `toolkit.ts`: whoever replaces it replaces these files.

import type { Button, Checkbox, Dropdown, TextField } from '@vscode/webview-ui-toolkit';
import { element, nextPaint } from './dom.ts';

/** A control with the element to put into the page. */
export interface Control {
  readonly element: HTMLElement;
  disabled: boolean;
}

export interface ValueControl<T> extends Control {
  /** Setting it is no change by the person. */
  value: T;
}

/** The page's own script, which says where the toolkit's is and with what it may be run. */
const pageScript = document.currentScript as HTMLScriptElement;
let isDrawing = false;
let urgent: Promise<unknown> | undefined;

/**
 * Has the toolkit draw the page's controls once this is done and on the screen. They take longer than all the rest of a
 * page; until then each has its room. Said before the first control is made.
 */
export function drawControlsAfter(work: Promise<unknown>): void {
  urgent = work;
}

async function draw(): Promise<void> {
  if (isDrawing) return;
  isDrawing = true;
  await urgent?.then(nextPaint);
  const script = document.createElement('script');
  script.nonce = pageScript.nonce;
  script.src = new URL('toolkit.js', pageScript.src).href;
  document.body.append(script);
}

export interface ButtonOptions {
  readonly label: string;
  /** What the button says of itself where its label is a picture or too short. */
  readonly name?: string;
  readonly look?: 'primary' | 'secondary' | 'icon';
  readonly content?: Node;
  readonly onPress: () => void;
}

export function button({ label, name, look = 'secondary', content, onPress }: ButtonOptions): Control {
  const made = make<Button>('vscode-button');
  made.setAttribute('appearance', look);
  made.append(content ?? label);
  if (name !== undefined || content) {
    // The toolkit's own label for icons would otherwise be "Icon Button".
    made.setAttribute('aria-label', name ?? label);
    made.title = name ?? label;
  }
  made.addEventListener('click', onPress);
  return control(made);
}

export interface TextFieldOptions {
  /** Read to who cannot see the placeholder. */
  readonly name: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** On every keystroke. */
  readonly onInput: (value: string) => void;
  /** The key that leads from the text to what it is looked for in. */
  readonly onLeave?: () => void;
}

export function textField(options: TextFieldOptions): ValueControl<string> & { focus(): void } {
  const made = make<TextField>('vscode-text-field');
  // What the toolkit makes the field's name of; the style hides the label itself.
  made.textContent = options.name;
  if (options.placeholder !== undefined) made.setAttribute('placeholder', options.placeholder);
  made.setAttribute('spellcheck', 'false');
  made.value = options.value ?? '';
  made.addEventListener('input', () => options.onInput(made.value));
  made.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' || !options.onLeave) return;
    event.preventDefault();
    options.onLeave();
  });
  return valueControl(
    made,
    () => made.value,
    (value: string) => {
      made.value = value;
    },
    { focus: () => made.focus() },
  );
}

export interface CheckboxOptions {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function checkbox({ label, checked, onChange }: CheckboxOptions): ValueControl<boolean> {
  const made = make<Checkbox>('vscode-checkbox');
  made.textContent = label;
  made.checked = checked;
  let last = checked;
  made.addEventListener('change', () => {
    if (made.checked === last) return;
    last = made.checked;
    onChange(last);
  });
  return valueControl(
    made,
    () => made.checked,
    (value: boolean) => {
      last = value;
      made.checked = value;
    },
    {},
  );
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

export interface DropdownOptions<T extends string> {
  readonly name: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export interface ChoiceControl<T extends string> extends ValueControl<T> {
  /** Changes what can be chosen; not under the pointer of who is choosing, but once the list is closed. */
  offer(choices: readonly Choice<T>[]): void;
}

export function dropdown<T extends string>(options: DropdownOptions<T>): ChoiceControl<T> {
  const made = make<Dropdown>('vscode-dropdown');
  made.setAttribute('aria-label', options.name);
  let { choices, value: chosen } = options;
  let drawn: typeof choices = [];
  // Before it is drawn, none of its options can be chosen.
  const choose = () =>
    void customElements.whenDefined('vscode-dropdown').then(() => {
      customElements.upgrade(made);
      made.value = chosen;
    });
  const offer = () => {
    if (made.open || drawn === choices) return;
    drawn = choices;
    made.replaceChildren(...drawn.map(optionOf));
    choose();
  };
  offer();
  new MutationObserver(offer).observe(made, { attributeFilter: ['open'] });
  made.addEventListener('change', () => {
    const choice = drawn.find(({ value }) => value === made.value);
    if (choice === undefined) return;
    chosen = choice.value;
    options.onChange(chosen);
  });
  return valueControl(
    made,
    () => chosen,
    (value: T) => {
      chosen = value;
      choose();
    },
    {
      offer: (others: readonly Choice<T>[]) => {
        choices = others;
        offer();
      },
    },
  );
}

function optionOf({ value, label }: Choice<string>): HTMLElement {
  const made = make<HTMLElement>('vscode-option');
  made.setAttribute('value', value);
  made.textContent = label;
  return made;
}

interface Disableable {
  disabled: boolean;
}

function make<T extends HTMLElement>(tag: string): T {
  void draw();
  return document.createElement(tag) as T;
}

function control(made: HTMLElement & Disableable): Control {
  return {
    element: made,
    get disabled() {
      return made.disabled;
    },
    set disabled(disabled) {
      made.disabled = disabled;
    },
  };
}

function valueControl<T, More extends object>(
  made: HTMLElement & Disableable,
  get: () => T,
  set: (value: T) => void,
  more: More,
): ValueControl<T> & More {
  const own = {
    element: made,
    get disabled() {
      return made.disabled;
    },
    set disabled(disabled: boolean) {
      made.disabled = disabled;
    },
    get value() {
      return get();
    },
    set value(value: T) {
      set(value);
    },
  };
  return Object.assign(own, more);
}

/** A group of controls with a name, for who hears the page. */
export function group(name: string, ...controls: readonly Control[]): HTMLElement {
  return element(
    'div',
    { class: 'controls', attributes: { role: 'group', 'aria-label': name } },
    ...controls.map((one) => one.element),
  );
}
