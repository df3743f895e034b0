import { l10n, ProgressLocation, window } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import { familiarReference, type TaggedReference, withDigest } from '../../engine/oci/reference.ts';
import { abortOn } from '../abort.ts';
import type { EngineHost } from '../engineHost.ts';
import { askFirst, sayBriefly } from '../notices.ts';
import type { RegistriesView } from '../views/registries/registriesView.ts';
import { RemoteTagNode } from '../views/registries/remoteTagNode.ts';

/**
 * Deletes a tag in its registry, once the person has said so. Where the registry only deletes manifests, it asks again:
 * that takes every other tag of the same image along.
 */
export async function deleteTag(
  host: EngineHost,
  registries: RegistriesView,
  argument: unknown,
): Promise<void> {
  if (!(argument instanceof RemoteTagNode)) return;
  const { reference, parent } = argument;
  if (!(await confirmed(tagQuestion(reference), l10n.t('Delete Tag')))) return;
  const isDone = (await deletedTag(host, reference)) || (await deletedManifest(host, reference));
  if (!isDone) return;
  registries.refresh(parent);
  sayBriefly(l10n.t('Deleted {0}', familiarReference(reference)), 5000);
}

interface Question {
  readonly message: string;
  readonly detail: string;
}

function tagQuestion(reference: TaggedReference): Question {
  return {
    message: l10n.t('Delete the tag {0}?', familiarReference(reference)),
    detail: l10n.t('It is deleted in {0}, for everybody. This cannot be undone.', reference.registry),
  };
}

async function confirmed({ message, detail }: Question, action: string): Promise<boolean> {
  return (await askFirst(message, detail, action)) === action;
}

/** False where the registry does not delete tags. */
async function deletedTag(host: EngineHost, reference: TaggedReference): Promise<boolean> {
  try {
    await deleting(reference, (signal) => host.engine.removeRemote(reference, signal));
    return true;
  } catch (error) {
    if (isEngineError(error, 'Unsupported')) return false;
    throw error;
  }
}

/** False where the person leaves. */
async function deletedManifest(host: EngineHost, reference: TaggedReference): Promise<boolean> {
  const { digest } = await deleting(reference, (signal) => host.engine.resolve(reference, signal));
  const question = {
    message: l10n.t('{0} deletes no single tags. Delete the image with all its tags?', reference.registry),
    detail: l10n.t(
      '{0} goes, and with it every tag of it, not only {1}. This cannot be undone.',
      shortDigest(digest),
      reference.tag,
    ),
  };
  if (!(await confirmed(question, l10n.t('Delete Image and All Its Tags')))) return false;
  await deleting(reference, (signal) => host.engine.removeRemote(withDigest(reference, digest), signal));
  return true;
}

async function deleting<T>(
  reference: TaggedReference,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const title = l10n.t('Deleting {0}', familiarReference(reference));
  const location = ProgressLocation.Notification;
  return window.withProgress({ location, title, cancellable: true }, async (_, token) => {
    using cancel = abortOn(token);
    return task(cancel.signal);
  });
}
