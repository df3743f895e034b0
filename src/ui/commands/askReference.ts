import { env, l10n, type QuickInputButton, ThemeIcon, window } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import { familiarReference, parseReference, type Reference } from '../../engine/oci/reference.ts';
import { errorText } from '../errorText.ts';
import { mentionAt } from '../mentions.ts';

export interface ReferenceAnswer {
  readonly reference: Reference;
  /** The person wants to choose among the image's platforms. */
  readonly otherPlatform: boolean;
}

const maxLength = 500;

/** Asks for a reference, beginning with the one under the cursor or in the clipboard. `undefined` where the person left. */
export async function askReference(
  title: string,
  options: { readonly platformButton?: boolean } = {},
): Promise<ReferenceAnswer | undefined> {
  const input = window.createInputBox();
  const otherPlatform: QuickInputButton = {
    iconPath: new ThemeIcon('server-environment'),
    tooltip: l10n.t('For Another Platform…'),
  };
  input.title = title;
  input.prompt = l10n.t(
    'A tag or a digest; without a registry it is Docker Hub’s, without a tag it is latest.',
  );
  input.placeholder = 'registry.example.com/team/app:1.0';
  input.value = (await suggestion()) ?? '';
  input.valueSelection = [0, input.value.length];
  if (options.platformButton) input.buttons = [otherPlatform];
  try {
    return await new Promise<ReferenceAnswer | undefined>((resolve) => {
      const accept = (other: boolean) => {
        const reference = check(input.value);
        if (typeof reference === 'string') input.validationMessage = reference;
        else resolve({ reference, otherPlatform: other });
      };
      input.onDidChangeValue((value) => {
        const reference = value.trim() === '' ? undefined : check(value);
        input.validationMessage = typeof reference === 'string' ? reference : undefined;
      });
      input.onDidAccept(() => accept(false));
      input.onDidTriggerButton(() => accept(true));
      input.onDidHide(() => resolve(undefined));
      input.show();
    });
  } finally {
    input.dispose();
  }
}

/** The reference, or what is wrong with it. */
function check(value: string): Reference | string {
  const text = value.trim();
  if (text === '') return l10n.t('Type the name of an image.');
  try {
    return parseReference(text);
  } catch (error) {
    if (isEngineError(error)) return errorText(error);
    throw error;
  }
}

async function suggestion(): Promise<string | undefined> {
  const editor = window.activeTextEditor;
  const mention = editor && mentionAt(editor.document, editor.selection.active);
  if (mention?.reference) return familiarReference(mention.reference);
  return fromClipboard(await env.clipboard.readText());
}

/** Almost every word parses as an image's name; only what has a tag, a path or a digest is taken for one. */
function fromClipboard(clipboard: string): string | undefined {
  const text = clipboard.trim();
  if (text.length > maxLength || !/^[^\s:/@]+[:/@]\S+$/.test(text)) return undefined;
  return typeof check(text) === 'string' ? undefined : text;
}
