import { l10n, ProgressLocation, type QuickPickItem, ThemeIcon, window } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import type { Referrer, ReferrerPart } from '../../engine/image.ts';
import type { Platform } from '../../engine/oci/platform.ts';
import { canonicalName } from '../../engine/oci/reference.ts';
import { abortOn } from '../abort.ts';
import { type WantedImage, wantedImage } from '../commands/arguments.ts';
import { askReference } from '../commands/askReference.ts';
import { pickLoaded } from '../commands/loadedPicker.ts';
import type { EngineHost } from '../engineHost.ts';
import { errorText } from '../errorText.ts';
import { inertText } from '../foreignText.ts';
import type { ImageDocuments } from '../imageDocuments.ts';
import { showError } from '../notices.ts';
import { shortReference } from '../referenceText.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { type ReferrerDocument, readReferrerDocument, referrerUri } from './referrerDocument.ts';
import { kindIcon, kindOrder, kindText, partFacts, referrerFacts } from './referrerText.ts';

/** Rows of one list: nobody reads more. */
const maxRows = 500;

/** Lists what an image's registry has to say of it, and opens what the person picks as a document. */
export async function showReferrers(
  host: EngineHost,
  documents: ImageDocuments,
  argument: unknown,
): Promise<void> {
  const image = givenImage(argument) ?? (await askReference(l10n.t('Show Referrers')));
  if (!image) return;
  const title = l10n.t('Referrers of {0}', shortReference(image.reference));
  const placeholder = l10n.t('What the registry has to say of the image; not verified');
  const picked = await pickLoaded(title, placeholder, (signal) => referrerItems(host, image, signal));
  if (picked?.referrer) await openReferrer(host, documents, image, picked.referrer);
}

/** A stored image is asked about as what it is, wherever its tag has gone since. */
function givenImage(argument: unknown): WantedImage | undefined {
  if (!(argument instanceof ImageNode)) return wantedImage(argument);
  const { image, tag } = argument;
  const own = tag && image.repoDigests.find((name) => canonicalName(name) === canonicalName(tag));
  const reference = own ?? image.repoDigests[0] ?? tag;
  return reference && { reference, platform: image.platform };
}

interface ReferrerItem extends QuickPickItem {
  readonly referrer?: Referrer;
}

async function referrerItems(
  { engine }: EngineHost,
  { reference, platform }: { reference: WantedImage['reference']; platform?: Platform },
  signal: AbortSignal,
): Promise<readonly ReferrerItem[]> {
  const items: ReferrerItem[] = [];
  for await (const referrer of engine.referrers(reference, platform ? { platform } : {}, signal)) {
    if (items.length === maxRows) {
      items.push({ label: l10n.t('There are more than {0}', maxRows), iconPath: new ThemeIcon('ellipsis') });
      break;
    }
    items.push(referrerItem(referrer));
  }
  return items.length > 0
    ? items.sort(compareItems)
    : [{ label: l10n.t('Nothing: no signature, SBOM or attestation') }];
}

/** By kind, the newest first; what is no referrer at the end. */
function compareItems({ referrer: a }: ReferrerItem, { referrer: b }: ReferrerItem): number {
  if (!a || !b) return Number(!a) - Number(!b);
  const byKind = kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind);
  return byKind || (b.created?.getTime() ?? 0) - (a.created?.getTime() ?? 0);
}

function referrerItem(referrer: Referrer): ReferrerItem {
  const { kind } = referrer;
  return {
    label: kindText(kind),
    description: referrerFacts(referrer),
    iconPath: kindIcon(kind),
    referrer,
  };
}

interface PartItem extends QuickPickItem {
  /** None: the manifest. */
  readonly part?: ReferrerPart;
}

async function openReferrer(
  host: EngineHost,
  documents: ImageDocuments,
  { reference }: WantedImage,
  referrer: Referrer,
): Promise<void> {
  const { engine } = host;
  const parts = await engine.referrerParts(reference, referrer);
  const [only] = parts;
  // A signature stands in its manifest, beside what is signed.
  const isPlain = only !== undefined && parts.length === 1 && referrer.kind !== 'signature';
  const item = isPlain ? partItem(only) : await pickPart(referrer, parts);
  if (!item) return;
  const part = item.part?.descriptor.digest;
  const document = { reference, referrer: referrer.descriptor.digest, part };
  try {
    await openDocument(host, documents, document, item.label);
  } catch (error) {
    // What is no text is told of by its manifest at least.
    if (part === undefined || !isEngineError(error, 'Unsupported', 'TooLarge')) throw error;
    const manifest = l10n.t('Show Manifest');
    if ((await showError(errorText(error), manifest)) !== manifest) return;
    await openDocument(host, documents, { ...document, part: undefined }, l10n.t('Manifest'));
  }
}

async function openDocument(
  { engine }: EngineHost,
  documents: ImageDocuments,
  document: ReferrerDocument,
  what: string,
): Promise<void> {
  const { text, language } = await whileReading(what, (signal) =>
    readReferrerDocument(engine, document, signal),
  );
  await documents.openMade(referrerUri(document, what, language), text);
}

function whileReading<T>(what: string, read: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  const location = ProgressLocation.Notification;
  return window.withProgress(
    { location, title: l10n.t('Reading {0}', what), cancellable: true },
    async (_, token) => {
      using cancel = abortOn(token);
      return await read(cancel.signal);
    },
  );
}

function pickPart(referrer: Referrer, parts: readonly ReferrerPart[]): Promise<PartItem | undefined> {
  const manifest = {
    label: l10n.t('Manifest'),
    description: inertText(referrer.descriptor.mediaType, 80),
    iconPath: new ThemeIcon('json'),
  };
  return pickLoaded(kindText(referrer.kind), l10n.t('Which of its documents'), async () => [
    ...parts.map(partItem),
    manifest,
  ]);
}

function partItem(part: ReferrerPart): PartItem {
  const isSigned = part.kind === 'signature';
  return {
    label: isSigned ? l10n.t('What is signed') : kindText(part.kind),
    description: partFacts(part),
    iconPath: kindIcon(part.kind),
    part,
  };
}
