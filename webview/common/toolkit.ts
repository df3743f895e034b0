// What draws the controls: a script of its own, which a page has loaded when there is time for it. See `controls.ts`.

import './lateLoad.ts';

import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { waited } from './dom.ts';
import { catchUp } from './lateLoad.ts';

const kinds = [vsCodeTextField, vsCodeOption, vsCodeDropdown, vsCodeCheckbox, vsCodeButton];

/** One kind after the other, so that who types or scrolls meanwhile is heard in between. */
async function draw(): Promise<void> {
  const designSystem = provideVSCodeDesignSystem();
  for (const kind of kinds) {
    designSystem.register(kind());
    await waited(0);
  }
}

catchUp();
void draw();
