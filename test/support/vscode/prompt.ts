import { setTimeout as delay } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { untilGone } from './untilSeen.ts';

const tries = 200;
const interval = 100;

/**
 * One input box, picker or file dialog, known by its title: another prompt that is up before it, or comes up in its
 * place, is never taken for it.
 */
export class Prompt {
  /** All of it, once it is there. */
  readonly widget: Locator;

  constructor(page: Page, title: string | RegExp) {
    const bar = page.locator('.quick-input-title').filter({ hasText: title });
    this.widget = page.locator('.quick-input-widget:visible').filter({ has: bar });
  }

  /** Where one types. */
  get field(): Locator {
    return this.widget.locator('input[type="text"]').first();
  }

  /** What it says below the field. */
  get message(): Locator {
    return this.widget.locator('.quick-input-message');
  }

  /** A row of a list. */
  row(text: string | RegExp): Locator {
    return this.widget.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
  }

  /** Types over what is there, and makes sure that it stays: a prompt that is drawn late has its first value again. */
  async type(text: string): Promise<void> {
    await this.widget.waitFor();
    await this.#settle(text);
  }

  /** Resolves when the message below the field says it. */
  async says(expected: RegExp): Promise<void> {
    await this.message.filter({ hasText: expected }).waitFor();
  }

  /** Types an answer, accepts it and waits for the prompt to take it. */
  async answer(text: string): Promise<void> {
    await this.type(text);
    await this.accept();
  }

  /** Accepts what is typed; resolves when the prompt has gone. */
  async accept(): Promise<void> {
    await untilGone(this.widget, () => this.press('Enter'));
  }

  /** Leaves it unanswered. */
  async leave(): Promise<void> {
    await this.press('Escape');
    await this.widget.waitFor({ state: 'hidden' });
  }

  async press(key: string): Promise<void> {
    await this.field.press(key);
  }

  /** Chooses a row; resolves when the list has gone. */
  async choose(text: string | RegExp): Promise<void> {
    await untilGone(this.widget, () => this.row(text).click());
  }

  /** Types until the field has the text at two looks in a row. */
  async #settle(text: string): Promise<void> {
    let steady = 0;
    for (let left = tries; left > 0; left--) {
      if ((await this.field.inputValue()) === text) {
        if (++steady === 2) return;
      } else {
        steady = 0;
        await this.field.fill(text);
      }
      await delay(interval);
    }
    throw new Error(`the prompt does not keep ${JSON.stringify(text)}`);
  }
}
