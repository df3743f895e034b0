/** What an image's author may write into anything that has a name or a text: made to do harm, or to break what shows it. */
export const hostileTexts: readonly string[] = [
  '<img src=x onerror="globalThis.ran=1">',
  '"><script>globalThis.ran=1<&script>',
  '[click](command:workbench.action.quit)',
  'invoice\u202etxt.exe',
  'zero\u200bwidth\u2066',
  '\u001b[2J\u0007bell',
  'long'.repeat(2500),
  '**bold** `code` &amp;',
];

/** How a page spells out what cannot be seen. */
export const spelledOut = ['invoice\\u202etxt.exe', 'zero\\u200bwidth\\u2066', '\\x1b[2J\\x07bell'];

/** Runs in the page: whether anything of it ran or became markup, and how much wider than the window it is, pixels. */
export const harmDone = `({
  ran: globalThis.ran,
  markup: document.querySelectorAll('img, script:not([src]), b, a').length,
  wider: document.documentElement.scrollWidth - innerWidth,
})`;

export const noHarm = { ran: undefined, markup: 0, wider: 0 };

/** Runs in the page: how high the rows are that somebody sees, pixels, each once. */
export const rowHeights = `[...new Set(
  [...document.querySelectorAll('.row:not([hidden])')].filter((row) => row.checkVisibility()).map((row) => row.offsetHeight),
)]`;
