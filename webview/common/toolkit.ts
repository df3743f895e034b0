// What draws the controls: a script of its own, which a page has loaded when there is time for it. See `controls.ts`.

import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { waited } from './dom.ts';

const kinds = [vsCodeTextField, vsCodeOption, vsCodeDropdown, vsCodeCheckbox, vsCodeButton];

/** One kind after the other, so that who types or scrolls meanwhile is heard in between. */
async function draw(): Promise<void> {
  const designSystem = provideVSCodeDesignSystem();
  for (const kind of kinds) {
    designSystem.register(kind());
    await waited(0);
  }
}

void draw();
// The toolkit takes on the theme when the page has loaded, which it may have before this came.
if (document.readyState === 'complete') dispatchEvent(new Event('load'));
