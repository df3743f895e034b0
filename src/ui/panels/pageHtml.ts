import { randomBytes } from 'node:crypto';
import { env, l10n, Uri, type Webview } from 'vscode';
import type { Boot } from '../../protocol/boot.ts';

/** The pages, by the names of their bundles in `dist/webview`. */
export type PageName = 'layers' | 'compare' | 'search';

/** Where the bundles of all pages are, and nothing else. */
export function pagesFolder(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

/**
 * The document of a page. It may load its own script and style and nothing else, from nowhere else: what it shows is
 * foreign, and none of that could run. The toolkit styles itself with the nonce that the `meta` tells it.
 */
export function pageHtml(webview: Webview, extensionUri: Uri, page: PageName, boot: Boot<unknown, unknown>) {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string) =>
    webview.asWebviewUri(Uri.joinPath(pagesFolder(extensionUri), name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}">
<link rel="stylesheet" href="${attribute(file(`${page}.css`))}">
<script defer nonce="${nonce}" src="${attribute(file(`${page}.js`))}"></script>
<link rel="preload" as="script" fetchpriority="low" nonce="${nonce}" href="${attribute(file('toolkit.js'))}">
<title>Strata</title>
</head>
<body data-boot="${attribute(JSON.stringify(boot))}">
<main id="page"></main>
<noscript>${l10n.t('This page needs scripts.')}</noscript>
</body>
</html>`;
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
