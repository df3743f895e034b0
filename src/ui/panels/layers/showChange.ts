import { l10n } from 'vscode';
import { isEngineError } from '../../../engine/errors.ts';
import type { FileRow, ImageEntry } from '../../../engine/image.ts';
import { type FileChange, type LayersSubject, parseRowContext } from '../../../protocol/layersPage.ts';
import type { EngineHost } from '../../engineHost.ts';
import { inertText } from '../../foreignText.ts';
import type { ImageLocation } from '../../imageFileSystem/imageLocation.ts';
import { treeImage } from '../../imageFileSystem/treeImage.ts';
import { inform } from '../../notices.ts';
import { showDiff } from '../../showDiff.ts';
import { placeInLayer } from './rowLocation.ts';

/**
 * A file as one layer has it beside what was there below. Where it was not there, is gone or is no file, that side is
 * empty; where neither is a file, what became of it is said.
 */
export async function showChange(
  host: EngineHost,
  subject: LayersSubject,
  { path, before, after }: FileChange,
): Promise<void> {
  const place = (layer: typeof before) => layer && placeInLayer(subject, path, layer);
  const [left, right] = [place(before), place(after)];
  const [old, now] = [await entryAt(host, left), await entryAt(host, right)];
  const there = { left: hasContent(old), right: hasContent(now) };
  const [some, other] = [left ?? right, right ?? left];
  if (some && other && (there.left || there.right)) await showDiff(some, other, there);
  if (!there.left || !there.right) tellUnlessPlain(path, old, now);
}

async function entryAt(
  { engine }: EngineHost,
  location: ImageLocation | undefined,
): Promise<ImageEntry | undefined> {
  if (!location) return undefined;
  try {
    const { path, layer } = location;
    return await engine.entry(await treeImage(engine, location), path, { layer });
  } catch (error) {
    if (isEngineError(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** A link is its target's name: what that leads to may be another layer's. */
function hasContent(entry: ImageEntry | undefined): boolean {
  return entry?.row.type === 'file' || (entry?.row.type === 'hardlink' && entry.target !== undefined);
}

/** A file that came or went says so itself. */
function tellUnlessPlain(path: string, old: ImageEntry | undefined, now: ImageEntry | undefined): void {
  const isPlain = (entry: ImageEntry | undefined) => entry === undefined || hasContent(entry);
  if (isPlain(old) && isPlain(now)) return;
  const name = inertText(path, 200);
  void inform(l10n.t('{0}: {1}, now {2}', name, kindText(old?.row), kindText(now?.row)));
}

function kindText(row: FileRow | undefined): string {
  switch (row?.type) {
    case undefined:
      return l10n.t('not there');
    case 'file':
      return l10n.t('a file');
    case 'directory':
      return l10n.t('a folder');
    case 'symlink':
    case 'hardlink':
      return l10n.t('a link to {0}', inertText(row.linkName ?? '', 200));
    default:
      return l10n.t('a special file');
  }
}

/** The same for the row of a Layers page that a context menu was opened on. */
export async function compareWithLayerBelow(host: EngineHost, argument: unknown): Promise<void> {
  const row = parseRowContext(argument);
  if (!row) return;
  if (row.before || row.after) await showChange(host, row.image, row);
  else void inform(l10n.t('The layer does not change it.'));
}
