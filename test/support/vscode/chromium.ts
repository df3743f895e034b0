import { type Browser, chromium } from 'playwright-core';
import { findCommand, isExecutable } from '../running/command.ts';

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Without a sandbox because tests run as root in containers too; the only pages opened are ours on loopback. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A browser of Chromium's family: `STRATA_CHROMIUM`, else one that is installed, else `undefined`. */
export function findChromium(): string | undefined {
  return (
    process.env.STRATA_CHROMIUM ??
    commands.map(findCommand).find((file) => file !== undefined) ??
    applications.find(isExecutable)
  );
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('no Chromium, Chrome or Edge was found; install one or set STRATA_CHROMIUM to its path');
  }
  return chromium.launch({ executablePath, args: flags });
}
