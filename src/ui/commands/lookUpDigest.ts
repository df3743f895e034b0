import { env, l10n, type QuickPickItem, QuickPickItemKind, ThemeIcon, window } from 'vscode';
import type { RemoteImage } from '../../engine/image.ts';
import { familiarReference, type Reference } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { mentionAt } from '../mentions.ts';
import { shortReference } from '../referenceText.ts';
import { wantedImage } from './arguments.ts';
import { askReference } from './askReference.ts';
import { lookUpImage } from './lookUpImage.ts';
import { platformItems } from './platformPicker.ts';

interface Choice extends QuickPickItem {
  readonly act?: () => unknown;
}

/** What follows on a look-up beside copying. */
export interface LookUpActions {
  readonly pull: (reference: Reference) => unknown;
  /** At the cursor, where the looked-up reference stands there. */
  readonly pin: () => unknown;
}

/** Asks the registry what a tag names now and shows it: the digest, the platforms, and what can be done with them. */
export async function lookUpDigest(
  host: EngineHost,
  actions: LookUpActions,
  argument: unknown,
): Promise<void> {
  const asked = wantedImage(argument) ?? (await askReference(l10n.t('Look Up Digest')));
  const image = asked && (await lookUpImage(host, asked.reference));
  if (!image) return;
  const choice = await window.showQuickPick(choices(image, actions), {
    title: l10n.t('Digest of {0}', shortReference(image.reference)),
    placeHolder: l10n.t('What to do with it'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  await choice?.act?.();
}

function choices(image: RemoteImage, { pull, pin }: LookUpActions): Choice[] {
  const { reference, descriptor } = image;
  const pinned = familiarReference({ ...reference, digest: descriptor.digest });
  const copy = (text: string) => () => env.clipboard.writeText(text);
  return [
    {
      label: l10n.t('Copy Digest'),
      iconPath: new ThemeIcon('copy'),
      // On a line of its own it is seen whole.
      detail: descriptor.digest,
      act: copy(descriptor.digest),
    },
    {
      label: l10n.t('Copy Pinned Reference'),
      iconPath: new ThemeIcon('copy'),
      description: shortReference({ ...reference, digest: descriptor.digest }),
      act: copy(pinned),
    },
    ...(standsAtCursor(reference)
      ? [{ label: l10n.t('Pin the Reference at the Cursor'), iconPath: new ThemeIcon('pin'), act: pin }]
      : []),
    { label: l10n.t('Pull'), iconPath: new ThemeIcon('cloud-download'), act: () => pull(reference) },
    { label: l10n.t('Platforms (copies the digest)'), kind: QuickPickItemKind.Separator },
    ...platformItems(image).map((item) => ({ ...item, act: copy(item.platform.manifest.digest) })),
  ];
}

function standsAtCursor(reference: Reference): boolean {
  const editor = window.activeTextEditor;
  const mention = editor && mentionAt(editor.document, editor.selection.active);
  return mention?.reference?.digest === undefined && sameTag(mention?.reference, reference);
}

function sameTag(left: Reference | undefined, right: Reference): boolean {
  return left !== undefined && familiarReference(left) === familiarReference(right);
}
