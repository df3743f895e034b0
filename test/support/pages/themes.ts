export type ThemeName = 'dark' | 'light' | 'dark-contrast' | 'light-contrast';

interface Theme {
  /** The class that VS Code gives the body. */
  readonly kind: string;
  readonly colors: Readonly<Record<string, string>>;
}

/** VS Code's own colours of what pages use, by theme. */
const themes: Readonly<Record<ThemeName, Theme>> = {
  dark: {
    kind: 'vscode-dark',
    colors: {
      'dropdown-background': '#313131',
      'dropdown-foreground': '#cccccc',
      'input-background': '#313131',
      'input-foreground': '#cccccc',
      'checkbox-background': '#313131',
      'checkbox-foreground': '#cccccc',
      'button-secondaryBackground': '#313131',
      'button-secondaryForeground': '#cccccc',
      foreground: '#cccccc',
      descriptionForeground: '#9d9d9d',
      'editor-background': '#1f1f1f',
      focusBorder: '#0078d4',
      'panel-border': '#2b2b2b',
      'list-hoverBackground': '#2a2d2e',
      'list-activeSelectionBackground': '#04395e',
      'list-activeSelectionForeground': '#ffffff',
      'list-inactiveSelectionBackground': '#37373d',
      'gitDecoration-addedResourceForeground': '#81b88b',
      'gitDecoration-modifiedResourceForeground': '#e2c08d',
      'gitDecoration-deletedResourceForeground': '#c74e39',
      'charts-blue': '#3794ff',
      'list-warningForeground': '#cca700',
      'charts-orange': '#d18616',
    },
  },
  light: {
    kind: 'vscode-light',
    colors: {
      'dropdown-background': '#ffffff',
      'dropdown-foreground': '#3b3b3b',
      'input-background': '#ffffff',
      'input-foreground': '#3b3b3b',
      'checkbox-background': '#ffffff',
      'checkbox-foreground': '#3b3b3b',
      'button-secondaryBackground': '#e5e5e5',
      'button-secondaryForeground': '#3b3b3b',
      foreground: '#3b3b3b',
      descriptionForeground: '#3b3b3b',
      'editor-background': '#ffffff',
      focusBorder: '#005fb8',
      'panel-border': '#e5e5e5',
      'list-hoverBackground': '#f2f2f2',
      'list-activeSelectionBackground': '#e8e8e8',
      'list-activeSelectionForeground': '#000000',
      'list-inactiveSelectionBackground': '#e4e6f1',
      'gitDecoration-addedResourceForeground': '#587c0c',
      'gitDecoration-modifiedResourceForeground': '#895503',
      'gitDecoration-deletedResourceForeground': '#ad0707',
      'charts-blue': '#1a85ff',
      'list-warningForeground': '#855f00',
      'charts-orange': '#d18616',
    },
  },
  'dark-contrast': {
    kind: 'vscode-high-contrast',
    colors: {
      'dropdown-background': '#000000',
      'dropdown-foreground': '#ffffff',
      'input-background': '#000000',
      'input-foreground': '#ffffff',
      'checkbox-background': '#000000',
      'checkbox-foreground': '#ffffff',
      'button-secondaryBackground': '#000000',
      'button-secondaryForeground': '#ffffff',
      foreground: '#ffffff',
      descriptionForeground: '#ffffff',
      'editor-background': '#000000',
      contrastBorder: '#6fc3df',
      contrastActiveBorder: '#f38518',
      focusBorder: '#f38518',
      'panel-border': '#6fc3df',
      'gitDecoration-addedResourceForeground': '#a1e3ad',
      'gitDecoration-modifiedResourceForeground': '#e2c08d',
      'gitDecoration-deletedResourceForeground': '#c74e39',
      'charts-blue': '#3794ff',
      'charts-orange': '#d18616',
    },
  },
  'light-contrast': {
    kind: 'vscode-high-contrast vscode-high-contrast-light',
    colors: {
      'dropdown-background': '#ffffff',
      'dropdown-foreground': '#292929',
      'input-background': '#ffffff',
      'input-foreground': '#292929',
      'checkbox-background': '#ffffff',
      'checkbox-foreground': '#292929',
      'button-secondaryBackground': '#ffffff',
      'button-secondaryForeground': '#292929',
      foreground: '#292929',
      descriptionForeground: '#292929',
      'editor-background': '#ffffff',
      contrastBorder: '#0f4a85',
      contrastActiveBorder: '#006bbd',
      focusBorder: '#006bbd',
      'panel-border': '#0f4a85',
      'gitDecoration-addedResourceForeground': '#374e06',
      'gitDecoration-modifiedResourceForeground': '#895503',
      'gitDecoration-deletedResourceForeground': '#ad0707',
      'charts-blue': '#1a85ff',
      'charts-orange': '#d18616',
    },
  },
};

export const themeNames = Object.keys(themes) as readonly ThemeName[];

/** As VS Code writes a theme into a page. */
export function themeStyle(name: ThemeName): { readonly kind: string; readonly style: string } {
  const { kind, colors } = themes[name];
  const fonts = { 'font-family': 'sans-serif', 'font-size': '13px', 'editor-font-family': 'monospace' };
  const style = Object.entries({ ...fonts, ...colors })
    .map(([id, value]) => `--vscode-${id}:${value}`)
    .join(';');
  return { kind, style };
}
