import { l10n, type TextDocument, type TextEditor, WorkspaceEdit, window, workspace } from 'vscode';
import type { Mention, TextEdit } from '../../documents/mention.ts';
import { type PinResult, pinEdit, unpinEdit } from '../../documents/pinEdit.ts';
import type { EngineHost } from '../engineHost.ts';
import { mentionAt, toRange } from '../mentions.ts';
import { inform, sayBriefly, warn } from '../notices.ts';
import { reasonText } from '../reasonText.ts';
import { shortReference } from '../referenceText.ts';
import { type Place, placeArgument } from './arguments.ts';
import { currentDigest } from './currentDigest.ts';

/** Writes, moves and takes away the digests of references in files. */
export class Pinning {
  readonly #host: EngineHost;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  /** Pins the mention at a place (else at the cursor) to what its tag names now. */
  async pin(argument: unknown): Promise<void> {
    const target = await findTarget(argument);
    if (!target) return;
    const { reference } = target.mention;
    if (reference?.digest !== undefined) {
      sayBriefly(l10n.t('{0} is pinned already.', shortReference(reference)));
      return;
    }
    await this.#pinToCurrent(target);
  }

  /** Moves a pin to what its tag names now. */
  async update(argument: unknown): Promise<void> {
    const target = await findTarget(argument);
    if (target) await this.#pinToCurrent(target);
  }

  async unpin(argument: unknown): Promise<void> {
    const target = await findTarget(argument);
    if (!target) return;
    await apply(target, (text, mention) => unpinEdit(text, mention));
  }

  async #pinToCurrent(target: Target): Promise<void> {
    const { reference } = target.mention;
    if (!reference) {
      void inform(reasonText(target.mention));
      return;
    }
    const digest = await currentDigest(this.#host, reference);
    if (digest === undefined) return;
    if (digest === reference.digest) sayBriefly(l10n.t('{0} is up to date.', shortReference(reference)));
    else await apply(target, (text, mention) => pinEdit(text, mention, digest));
  }
}

interface Target {
  readonly document: TextDocument;
  readonly mention: Mention;
}

async function findTarget(argument: unknown): Promise<Target | undefined> {
  const place = placeArgument(argument) ?? cursorPlace(window.activeTextEditor);
  const document = place && (await workspace.openTextDocument(place.uri));
  const mention = document && mentionAt(document, place.position);
  if (document && mention) return { document, mention };
  void inform(l10n.t('Put the cursor on an image reference first.'));
  return undefined;
}

function cursorPlace(editor: TextEditor | undefined): Place | undefined {
  return editor && { uri: editor.document.uri, position: editor.selection.active };
}

/** One edit, which one undo takes back. The mention is looked for anew: the file may have changed while the registry was asked. */
async function apply(
  { document, mention }: Target,
  plan: (text: string, mention: Mention) => PinResult,
): Promise<void> {
  const current = mentionAt(document, toRange(mention.range).start);
  if (!current || current.text !== mention.text) {
    void warn(l10n.t('The file has changed meanwhile; try again.'));
    return;
  }
  const result = plan(document.getText(), current);
  if (result.kind === 'refused') {
    void warn(l10n.t('{0} was left as it is: {1}.', current.text, result.why));
    return;
  }
  await applyEdit(document, result.edit);
}

async function applyEdit(document: TextDocument, { range, newText }: TextEdit): Promise<void> {
  const edit = new WorkspaceEdit();
  edit.replace(document.uri, toRange(range), newText);
  if (!(await workspace.applyEdit(edit))) {
    void warn(l10n.t('The file could not be changed.'));
  }
}
