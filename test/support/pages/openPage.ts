import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { inRepository } from '../paths.ts';
import { type ThemeName, themeStyle } from './themes.ts';

export interface PageOptions {
  /** As in `dist/webview`. */
  readonly name: 'layers';
  /** A script of this folder that is the page's host, and what it finds as `globalThis.layersHost`. */
  readonly host: string;
  readonly hostOptions: object;
  readonly subject: object;
  readonly theme?: ThemeName;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A built page in a browser of its own, without VS Code: to be measured and looked at. */
export async function openPage(browser: Browser, options: PageOptions): Promise<Page> {
  const viewport = options.viewport ?? { width: 1200, height: 800 };
  const page = await browser.newPage({ viewport });
  await page.addInitScript({ content: `globalThis.layersHost = ${JSON.stringify(options.hostOptions)};` });
  await page.addInitScript({ content: await bundled(`test/support/pages/${options.host}.ts`) });
  await page.route('http://page.test/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') await route.fulfill({ contentType: 'text/html', body: await documentOf(options) });
    else await route.fulfill({ path: inRepository(`dist/webview${pathname}`) });
  });
  await page.goto('http://page.test/');
  return page;
}

async function documentOf({ name, subject, theme = 'dark' }: PageOptions): Promise<string> {
  const boot = JSON.stringify({ subject, strings: await pageStrings() });
  const attribute = boot.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const { kind, style } = themeStyle(theme);
  return `<!DOCTYPE html><html lang="en" style="${style}"><head><meta charset="utf-8"><title>Strata</title>
<link rel="stylesheet" href="/${name}.css"></head>
<body class="${kind}" data-boot="${attribute}"><main id="page"></main>
<script defer src="/${name}.js"></script></body></html>`;
}

/** The words as they are in English. */
async function pageStrings(): Promise<object> {
  const source = `import { commonStrings } from './src/ui/panels/commonStrings.ts';
import { layersStrings } from './src/ui/panels/layers/layersStrings.ts';
export const strings = { ...commonStrings(), ...layersStrings() };`;
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: inRepository('.'), loader: 'ts' },
    alias: { vscode: inRepository('test/bench/vscodeStandIn.ts') },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const code = outputFiles[0]?.text ?? '';
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { strings: object };
  return module.strings;
}

async function bundled(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [inRepository(file)],
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
