import type { Product } from './product.ts';

/** A theme of VS Code's own for each kind there is, by what screenshots are called. */
export const themes = {
  light: { name: 'Light Modern', marker: 'vs' },
  dark: { name: 'Dark Modern', marker: 'vs-dark' },
  'contrast-dark': { name: 'Dark High Contrast', marker: 'hc-black' },
  'contrast-light': { name: 'Light High Contrast', marker: 'hc-light' },
} as const;

export type ThemeKind = keyof typeof themes;

export const themeKinds = Object.keys(themes) as readonly ThemeKind[];

/** Has the window take a theme, and its webviews with it, as a person would. */
export async function useTheme({ page, workbench }: Product, kind: ThemeKind): Promise<void> {
  const { name, marker } = themes[kind];
  await workbench.runCommand('Preferences: Color Theme');
  const picker = page.locator('.quick-input-widget:visible');
  const rows = picker.locator('.quick-input-list .monaco-list-row');
  await rows.filter({ hasText: 'Modern' }).first().waitFor();
  await picker.locator('input[type="text"]').first().fill(name);
  await rows.filter({ hasText: name }).first().click();
  await picker.waitFor({ state: 'hidden' });
  await page.locator(`.monaco-workbench.${marker}`).waitFor();
}

/**
 * How much of a page a person sees at once: the window narrowed to `width`, or magnified as by the browser's zoom, which
 * leaves a page that many times fewer of its pixels (https://www.w3.org/WAI/WCAG22/Understanding/reflow).
 */
export async function useSize(
  { page }: Product,
  { width, height, zoom = 1 }: { readonly width: number; readonly height: number; readonly zoom?: number },
): Promise<void> {
  await page.setViewportSize({ width: Math.floor(width / zoom), height: Math.floor(height / zoom) });
}
