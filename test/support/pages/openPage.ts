import { once as nextEvent } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { inRepository } from '../paths.ts';
import { type ThemeName, themeStyle } from './themes.ts';

type PageName = 'layers' | 'compare';

export interface PageOptions {
  /** As in `dist/webview`. */
  readonly name: PageName;
  /** For its host, a script of this folder. */
  readonly hostOptions: object;
  readonly subject: object;
  readonly theme?: ThemeName;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Runs in the page before anything of its own. */
  readonly probe?: () => void;
  readonly onConsole?: (text: string) => void;
}

/** A built page in a browser of its own, without VS Code: to be measured and looked at. */
export async function openPage(browser: Browser, options: PageOptions): Promise<Page> {
  const viewport = options.viewport ?? { width: 1200, height: 800 };
  const page = await browser.newPage({ viewport });
  const server = await servePage(await documentOf(options));
  page.once('close', () => server.close());
  // The process that draws it is there before it is opened, as the editor's is.
  await page.goto(`${addressOf(server)}blank`);
  await page.addInitScript({ content: `globalThis.hostOptions = ${JSON.stringify(options.hostOptions)};` });
  await page.addInitScript({ content: await hostOf(options.name) });
  if (options.probe) await page.addInitScript(options.probe);
  page.on('console', (message) => options.onConsole?.(message.text()));
  await page.goto(addressOf(server));
  return page;
}

/** On loopback, and not by the browser's interception of requests, which takes longer than what is to be measured. */
async function servePage(document: string): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const [, file, ending = ''] = /^\/([a-z]+\.(js|css))$/.exec(url) ?? [];
    response.setHeader('Content-Type', contentTypes[ending] ?? 'text/html');
    if (file) createReadStream(inRepository(`dist/webview/${file}`)).pipe(response);
    else response.end(url === '/' ? document : '<!DOCTYPE html>');
  });
  await nextEvent(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

const contentTypes: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' };

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the page has no port');
  return `http://127.0.0.1:${address.port}/`;
}

/** As when the person takes another theme while the page is there. */
export async function useTheme(page: Page, name: ThemeName): Promise<void> {
  const { kind, style } = themeStyle(name);
  await page.evaluate(
    `document.documentElement.style.cssText = ${JSON.stringify(style)}; document.body.className = ${JSON.stringify(kind)}`,
  );
}

async function documentOf({ name, subject, theme = 'dark' }: PageOptions): Promise<string> {
  const boot = JSON.stringify({ subject, strings: await stringsOf(name) });
  const attribute = boot.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const { kind, style } = themeStyle(theme);
  return `<!DOCTYPE html><html lang="en" style="${style}"><head><meta charset="utf-8"><title>Strata</title>
<link rel="stylesheet" href="/${name}.css">
<script defer src="/${name}.js"></script>
<link rel="preload" as="script" fetchpriority="low" href="/toolkit.js"></head>
<body class="${kind}" data-boot="${attribute}"><main id="page"></main></body></html>`;
}

const hostOf = once(async (name: PageName) => {
  const { outputFiles } = await build({
    entryPoints: [inRepository(`test/support/pages/${name}Host.ts`)],
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
});

/** The words as they are in English. */
const stringsOf = once(async (name: PageName) => {
  const source = `import { commonStrings } from './src/ui/panels/commonStrings.ts';
import { ${name}Strings } from './src/ui/panels/${name}/${name}Strings.ts';
export const strings = { ...commonStrings(), ...${name}Strings() };`;
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
});

/** Made for the first who asks. */
function once<Value>(make: (name: PageName) => Promise<Value>): (name: PageName) => Promise<Value> {
  const made = new Map<PageName, Promise<Value>>();
  return (name) => {
    const value = made.get(name) ?? make(name);
    made.set(name, value);
    return value;
  };
}
