// `npm run build:notices`: writes dist/THIRD_PARTY_NOTICES.txt, the licences of all packages whose code is in the bundles
// of `dist/`, as their metafiles tell. Plain JavaScript, since a build has only the Node.js that npm runs with.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const dist = path.join(root, 'dist');
const rule = '-'.repeat(80);

/** Folders of the packages that have a part in any bundle, by what esbuild says that it read. */
function bundledPackages() {
  const metafiles = readdirSync(dist).filter((name) => name.endsWith('.meta.json'));
  if (metafiles.length === 0) throw new Error('dist/ has no metafile: build the bundles first');
  const files = metafiles.flatMap((name) => Object.keys(readJson(path.join(dist, name)).inputs));
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].map((folder) => path.join(root, folder));
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * Packages that are published without the text of the licence they name, and a package of the same owner, under the same
 * licence, that has it.
 */
const textElsewhere = {
  '@microsoft/fast-element': '@vscode/webview-ui-toolkit',
  '@microsoft/fast-foundation': '@vscode/webview-ui-toolkit',
  '@microsoft/fast-web-utilities': '@vscode/webview-ui-toolkit',
};

function noticeOf(folder) {
  const { name, version, license, homepage } = readJson(path.join(folder, 'package.json'));
  const title = [`${name} ${version}`, license, homepage]
    .filter((part) => typeof part === 'string')
    .join(' · ');
  const own = licenceTexts(folder);
  const texts = own.length > 0 ? own : borrowedTexts(name, license);
  if (texts.length === 0)
    throw new Error(`${name} ${version} has no licence text; it must not be bundled as it is`);
  return { name, text: [rule, title, rule, '', ...texts].join('\n') };
}

function borrowedTexts(name, license) {
  if (!Object.hasOwn(textElsewhere, name)) return [];
  const lender = path.join(root, 'node_modules', textElsewhere[name]);
  const { license: lent } = readJson(path.join(lender, 'package.json'));
  return license === 'MIT' && /^MIT\b/.test(lent) ? licenceTexts(lender) : [];
}

/** The package's licence files, or what its readme says below that heading. */
function licenceTexts(folder) {
  const files = readdirSync(folder).sort();
  const own = files.filter((file) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(file));
  if (own.length > 0) return own.map((file) => textOf(folder, file));
  const readme = files.find((file) => /^readme\b/i.test(file));
  const section = readme && /^(#+ *)?licen[cs]e\b[^\n]*\n([\s\S]*)/im.exec(textOf(folder, readme))?.[2];
  return section?.includes('Copyright') ? [section.replace(/^-+\n/, '').trim()] : [];
}

function textOf(folder, file) {
  return readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
}

if (!existsSync(dist)) throw new Error('there is no dist/: build the bundles first');
const notices = bundledPackages()
  .map(noticeOf)
  .sort((left, right) => (left.name < right.name ? -1 : 1));
const head = 'Strata contains code of the packages below, under the licences that stand with them.';
writeFileSync(
  path.join(dist, 'THIRD_PARTY_NOTICES.txt'),
  `${[head, ...notices.map(({ text }) => text)].join('\n\n')}\n`,
);
