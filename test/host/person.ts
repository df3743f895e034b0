import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  EventEmitter,
  type InputBoxOptions,
  type InputBoxValidationMessage,
  type QuickPickItem,
  type Uri,
  window,
} from 'vscode';

/** What a person answers to the one question of each kind that they expect; to leave a question is to answer nothing. */
export interface Answers {
  /** Typed over what the input has. */
  readonly type?: string;
  /** The row whose label contains this; of a list with many ticks all such rows. */
  readonly pick?: string;
  /** The same of a list that changes while the person types; `pick` by default. */
  readonly pickOfList?: string;
  /** The button of a message or dialog. */
  readonly press?: string;
  readonly saveTo?: Uri;
  readonly openFiles?: readonly Uri[];
}

/** What the person was shown, in order. */
export interface Seen {
  readonly inputs: { readonly options: InputBoxOptions; readonly note: string }[];
  readonly picks: { readonly title: string | undefined; readonly items: readonly QuickPickItem[] }[];
  readonly messages: { readonly text: string; readonly detail: string | undefined }[];
  readonly status: string[];
  readonly saves: { readonly defaultUri: Uri | undefined }[];
  /** Lists that change while the person types, with the rows at the end. */
  readonly lists: { readonly title: string | undefined; readonly items: readonly QuickPickItem[] }[];
}

type Replaceable = Record<string, unknown>;

/**
 * Puts a person at VS Code's prompts while `task` runs: the prompts of the extension under test, since it and its tests
 * share one `vscode` module.
 */
export async function asPerson(answers: Answers, task: () => Thenable<unknown>): Promise<Seen> {
  const seen: Seen = { inputs: [], picks: [], messages: [], status: [], saves: [], lists: [] };
  const target = window as unknown as Replaceable;
  const person = prompts(answers, seen);
  const own = Object.fromEntries(Object.keys(person).map((name) => [name, target[name]]));
  Object.assign(target, person);
  try {
    await task();
  } finally {
    Object.assign(target, own);
  }
  return seen;
}

function prompts(answers: Answers, seen: Seen): Replaceable {
  const message = async (text: string, ...rest: readonly unknown[]) => {
    const [first] = rest;
    const detail = (first as { detail?: string } | undefined)?.detail;
    seen.messages.push({ text, detail });
    const buttons = rest.filter((item) => typeof item === 'string');
    if (answers.press !== undefined && buttons.length > 0) {
      assert.ok(buttons.includes(answers.press), `no button ${answers.press} among ${buttons.join(', ')}`);
    }
    return buttons.find((button) => button === answers.press);
  };
  return {
    showInputBox: (options: InputBoxOptions) => typed(options, answers, seen),
    showQuickPick: (items: unknown, options: { title?: string; canPickMany?: boolean }) =>
      picked(items, options, answers, seen),
    showInformationMessage: message,
    showWarningMessage: message,
    showErrorMessage: message,
    showSaveDialog: async ({ defaultUri }: { defaultUri?: Uri }) => {
      seen.saves.push({ defaultUri });
      return answers.saveTo;
    },
    createQuickPick: () => listFor(answers, seen),
    createInputBox: () => inputFor(answers),
    showOpenDialog: async () => answers.openFiles,
    setStatusBarMessage: (text: string) => {
      seen.status.push(text);
      return { dispose: () => undefined };
    },
  };
}

async function typed(options: InputBoxOptions, { type }: Answers, seen: Seen): Promise<string | undefined> {
  const text = type ?? options.value ?? '';
  const note = await options.validateInput?.(text);
  seen.inputs.push({ options, note: noteText(note) });
  const refuses = typeof note === 'string' || (note && note.severity === 3);
  return type === undefined || refuses ? undefined : type;
}

function noteText(note: string | InputBoxValidationMessage | null | undefined): string {
  return typeof note === 'string' ? note : (note?.message ?? '');
}

/** Types, and is done; leaves where there is nothing to type. */
function inputFor({ type }: Answers): unknown {
  const [accepted, hidden, other] = [0, 1, 2].map(() => new EventEmitter<void>());
  const input = {
    value: '',
    onDidAccept: accepted?.event,
    onDidHide: hidden?.event,
    onDidTriggerButton: other?.event,
    onDidChangeValue: new EventEmitter<string>().event,
    show: () => {
      input.value = type ?? input.value;
      (type === undefined ? hidden : accepted)?.fire();
    },
    dispose: () => undefined,
  };
  return input;
}

/** Types once there are rows, and takes the one that is wanted; leaves where there is none. */
function listFor({ type, pick, pickOfList = pick }: Answers, seen: Seen): unknown {
  const accepted = new EventEmitter<void>();
  const hidden = new EventEmitter<void>();
  const typed = new EventEmitter<string>();
  const list = {
    title: undefined as string | undefined,
    value: '',
    busy: false,
    items: [] as readonly QuickPickItem[],
    selectedItems: [] as readonly QuickPickItem[],
    onDidAccept: accepted.event,
    onDidHide: hidden.event,
    onDidChangeValue: typed.event,
    show: () => void answer(),
    hide: () => hidden.fire(),
    dispose: () => undefined,
  };
  async function answer(): Promise<void> {
    while (list.busy) await delay(20);
    if (type !== undefined) typed.fire(type);
    seen.lists.push({ title: list.title, items: list.items });
    const found = list.items.find(({ label }) => pickOfList !== undefined && label.includes(pickOfList));
    list.selectedItems = found ? [found] : [];
    if (found) accepted.fire();
    else hidden.fire();
  }
  return list;
}

async function picked(
  items: unknown,
  { title, canPickMany }: { title?: string; canPickMany?: boolean },
  { pick }: Answers,
  seen: Seen,
): Promise<unknown> {
  const all = (await (items as PromiseLike<readonly QuickPickItem[]>)) as readonly QuickPickItem[];
  seen.picks.push({ title, items: all });
  if (pick === undefined) return undefined;
  const fitting = all.filter(({ label }) => label.includes(pick));
  assert.ok(fitting.length > 0, `no row ${pick} among ${all.map(({ label }) => label).join(', ')}`);
  return canPickMany ? fitting : fitting[0];
}
