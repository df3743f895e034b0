import { type InputBoxValidationMessage, InputBoxValidationSeverity, l10n, window } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import type { StoredImage } from '../../engine/image.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import {
  canonicalReference,
  familiarReference,
  parseReference,
  type TaggedReference,
  withTag,
} from '../../engine/oci/reference.ts';
import { errorText } from '../errorText.ts';

export interface TagQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly value: string;
  /** What taking this tag would mean, told while it is typed. */
  readonly note: (tag: TaggedReference) => Promise<InputBoxValidationMessage | undefined>;
}

/** Asks for a name with a tag. `undefined` where the person left. */
export async function askTag({
  title,
  prompt,
  value,
  note,
}: TagQuestion): Promise<TaggedReference | undefined> {
  const answer = await window.showInputBox({
    title,
    prompt,
    value,
    valueSelection: tagSelection(value),
    placeHolder: 'registry.example.com/team/app:1.0',
    ignoreFocusOut: true,
    validateInput: async (text) => {
      const tag = parseTag(text);
      return typeof tag === 'string' ? tag : note(tag);
    },
  });
  const tag = answer === undefined ? undefined : parseTag(answer);
  return typeof tag === 'string' ? undefined : tag;
}

/** The tag, or what is wrong with it. */
function parseTag(text: string): TaggedReference | string {
  const trimmed = text.trim();
  if (trimmed === '') return l10n.t('Type a name, with a tag if it is not to be latest.');
  try {
    const { digest, ...name } = parseReference(trimmed);
    if (digest !== undefined) return l10n.t('A digest is computed, not given: type a tag.');
    return withTag(name, name.tag ?? 'latest');
  } catch (error) {
    if (isEngineError(error)) return errorText(error);
    throw error;
  }
}

/** The part behind the last colon is the one to change; a colon before a slash belongs to the host. */
function tagSelection(value: string): [number, number] {
  const colon = value.lastIndexOf(':');
  return [colon > value.lastIndexOf('/') ? colon + 1 : 0, value.length];
}

/** Warns where the tag would leave another image, and says what becomes of that. */
export function moveNote(
  images: readonly StoredImage[],
  image: StoredImage,
  tag: TaggedReference,
): InputBoxValidationMessage | undefined {
  const name = canonicalReference(tag);
  const isTag = (other: TaggedReference) => canonicalReference(other) === name;
  const owner = images.find(({ tags }) => tags.some(isTag));
  if (!owner) return undefined;
  if (owner.manifest.digest === image.manifest.digest) {
    return information(l10n.t('The image has this tag already.'));
  }
  const others = owner.tags.filter((other) => !isTag(other)).map(familiarReference);
  const id = shortDigest(owner.id);
  return warning(
    others.length === 0
      ? l10n.t('The tag moves from {0}; that image stays as dangling.', id)
      : l10n.t('The tag moves from {0}; that image stays as {1}.', id, others.join(', ')),
  );
}

export function information(message: string): InputBoxValidationMessage {
  return { message, severity: InputBoxValidationSeverity.Info };
}

export function warning(message: string): InputBoxValidationMessage {
  return { message, severity: InputBoxValidationSeverity.Warning };
}
