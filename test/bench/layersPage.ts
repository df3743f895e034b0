// How soon the Layers page shows something, how smoothly it scrolls and how fast it filters, with 100,000 paths.
//
//   npm run bench -- 1 page

import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { buildPages } from '../support/extensionPackage.ts';
import { openPage } from '../support/pages/openPage.ts';
import { launchChromium } from '../support/vscode/chromium.ts';
import { tableLine } from './cost.ts';
import { awaitKeystroke, measureKeystroke, measureScroll, tellPaints } from './layersPageProbes.ts';
import { median } from './median.ts';

const paths = 100_000;
/** Milliseconds; a frame of 60 a second has 16.7, and is told to a tenth. */
const limits = { firstPaint: 200, keystroke: 50, frame: 17.7 };
const frames = 240;
const typed = 'name-12*.so';

/**
 * Opens the page again and again, then scrolls and types in it.
 * @param turns how often it is opened
 * @returns what missed its limit
 */
export async function benchLayersPage(turns: number): Promise<readonly string[]> {
  await buildPages();
  const browser = await launchChromium();
  try {
    const paints = await firstPaints(browser, turns);
    const page = await openedPage(browser);
    await allRead(page);
    const keys = await keystrokes(page);
    return report([
      { what: 'first paint, median', times: paints.rows, of: median, limit: limits.firstPaint },
      { what: 'controls, median', times: paints.controls, of: median },
      {
        what: 'frame while scrolling, median',
        times: await scrolling(page),
        of: median,
        limit: limits.frame,
      },
      ...keystrokeRows(keys),
    ]);
  } finally {
    await browser.close();
  }
}

function keystrokeRows(times: readonly number[]): readonly Row[] {
  return [
    { what: 'keystroke to screen, median', times, of: median },
    { what: 'keystroke to screen, slowest', times, of: slowest, limit: limits.keystroke },
  ];
}

function openedPage(own: Browser, onConsole?: (text: string) => void): Promise<Page> {
  const subject = { manifest: `sha256:${'0'.repeat(64)}`, name: 'acme/web:2.0' };
  const options = { name: 'layers', hostOptions: { paths }, subject } as const;
  return openPage(own, onConsole ? { ...options, probe: tellPaints, onConsole } : options);
}

/**
 * From the beginning of the document, style and scripts not yet read, to the end of the frame that has the layers and the
 * first rows of the tree, and to that which has the controls.
 */
async function firstPaints(own: Browser, turns: number): Promise<{ rows: number[]; controls: number[] }> {
  const times = { rows: [] as number[], controls: [] as number[] };
  for (let turn = 0; turn < turns; turn++) {
    const page = await painted(own, (part, time) => times[part === 'controls' ? part : 'rows'].push(time));
    await page.close();
  }
  return times;
}

/** A page of which all parts are on the screen. */
async function painted(own: Browser, onPaint: (part: string, time: number) => void): Promise<Page> {
  let missing = 2;
  return new Promise((resolve, reject) => {
    const page = openedPage(own, (text) => {
      const [, part, time] = /^painted (.+): (.+)$/.exec(text) ?? [];
      if (part === undefined) return;
      onPaint(part, Number(time));
      if (--missing === 0) resolve(page);
    });
    page.catch(reject);
  });
}

/** All that can be unfolded unfolded, a screen further every other frame. */
async function scrolling(page: Page): Promise<number[]> {
  await search(page, 'name');
  const before = await page.evaluate(measureScroll, frames);
  await search(page, '');
  return before;
}

/** Each key of a pattern that fits less and less, as they are typed into a page that was never searched. */
async function keystrokes(page: Page): Promise<number[]> {
  const times: number[] = [];
  await page.getByRole('textbox', { name: 'Search in paths' }).focus();
  for (const key of [...typed, ...[...typed].map(() => 'Backspace')]) {
    await page.evaluate(awaitKeystroke);
    await page.keyboard.press(key);
    const time = await page.evaluate(measureKeystroke);
    if (time === undefined) throw new Error(`nobody listened to the key ${key}`);
    times.push(time);
  }
  return times;
}

/** Ready as when somebody begins to type: nobody does in the moment that it takes to make ready for it. */
async function allRead(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Which files' }).waitFor();
  await page.getByText('efficient').first().waitFor();
  await delay(1000);
}

async function search(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Search in paths' }).fill(text);
  await delay(300);
}

interface Row {
  readonly what: string;
  /** Milliseconds. */
  readonly times: readonly number[];
  readonly of: (times: readonly number[]) => number;
  readonly limit?: number;
}

/** Prints the table; gives what missed its limit. */
function report(rows: readonly Row[]): string[] {
  console.log(`The Layers page with ${paths} paths:`);
  return rows.flatMap(({ what, times, of, limit }) => {
    const time = of(times);
    const isMet = limit === undefined || time <= limit;
    const range = `${Math.min(...times).toFixed(1)}–${slowest(times).toFixed(1)} ms`;
    const bound = limit === undefined ? '' : `≤ ${limit} ms, `;
    console.log(tableLine(what, `${time.toFixed(1)} ms`, `${bound}${range}`, isMet));
    return isMet ? [] : [what];
  });
}

function slowest(times: readonly number[]): number {
  return Math.max(...times);
}
