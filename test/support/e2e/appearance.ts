import type { Product } from './product.ts';

/** A theme of VS Code's own for each kind there is, by what screenshots are called. */
export const themes = {
  light: { name: 'Light Modern', marker: 'vs' },
  dark: { name: 'Dark Modern', marker: 'vs-dark' },
  'contrast-dark': { name: 'Default High Contrast', marker: 'hc-black' },
  'contrast-light': { name: 'Default High Contrast Light', marker: 'hc-light' },
} as const;

export type ThemeKind = keyof typeof themes;

export const themeKinds = Object.keys(themes) as readonly ThemeKind[];

/** Has the window take a theme, and its webviews with it. */
export async function useTheme(product: Product, kind: ThemeKind): Promise<void> {
  const { name, marker } = themes[kind];
  await product.changeSettings({ 'workbench.colorTheme': name });
  await product.page.locator(`.monaco-workbench.${marker}`).waitFor();
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
