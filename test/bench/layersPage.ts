// How soon the Layers page shows something, how smoothly it scrolls and how fast it filters, with 100,000 paths.
//
//   node test/bench/layersPage.ts [PATHS]

import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { buildPages } from '../support/extensionPackage.ts';
import { openPage } from '../support/pages/openPage.ts';
import { launchChromium } from '../support/vscode/chromium.ts';
import { awaitKeystroke, measureKeystroke, measureScroll, tellPaints } from './layersPageProbes.ts';
import { median } from './median.ts';

/** Milliseconds; a frame of 60 a second has 16.7. */
const limits = { firstPaint: 200, keystroke: 50, frame: 16.7 };
const turns = 7;
const frames = 240;
const typed = 'name-12*.so';

const paths = Number(process.argv[2] ?? 100_000);
await buildPages();
const browser = await launchChromium();
const failures: string[] = [];
try {
  console.log(`The Layers page with ${paths} paths, ms (median, 95th percentile, slowest):`);
  const paints = await firstPaints(browser);
  report('first paint', paints.rows, limits.firstPaint);
  report('controls', paints.controls);
  const page = await openedPage(browser);
  report('frame while scrolling', await scrolling(page), limits.frame + 1);
  report('keystroke to screen', await keystrokes(page), limits.keystroke);
} finally {
  await browser.close();
}
process.exitCode = failures.length === 0 ? 0 : 1;

function openedPage(own: Browser, onConsole?: (text: string) => void): Promise<Page> {
  const subject = { manifest: `sha256:${'0'.repeat(64)}`, name: 'acme/web:2.0' };
  const options = { name: 'layers', host: 'layersHost', hostOptions: { paths }, subject } as const;
  return openPage(own, onConsole ? { ...options, probe: tellPaints, onConsole } : options);
}

/**
 * From the beginning of the document, style and scripts not yet read, to the end of the frame that has the layers and the
 * first rows of the tree, and to that which has the controls.
 */
async function firstPaints(own: Browser): Promise<{ rows: number[]; controls: number[] }> {
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
  await allRead(page);
  await search(page, 'name');
  const before = await page.evaluate(measureScroll, frames);
  await search(page, '');
  return before;
}

/** Each key of a pattern that fits less and less. */
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

async function allRead(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Which files' }).waitFor();
  await page.getByText('efficient').first().waitFor();
}

async function search(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Search in paths' }).fill(text);
  await delay(300);
}

function report(what: string, times: readonly number[], limit?: number): void {
  const sorted = times.toSorted((a, b) => a - b);
  const percentile = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  const middle = median(times);
  const figures = [middle, percentile, sorted.at(-1) ?? 0].map((time) => time.toFixed(1).padStart(7));
  const wanted = limit === undefined ? '' : `   (at most ${limit.toFixed(1)})`;
  console.log(`  ${what.padEnd(22)} ${figures.join(' ')}${wanted}`);
  if (limit !== undefined && middle > limit) failures.push(what);
}
