import { type InputBoxValidationMessage, l10n } from 'vscode';
import type { StoredImage } from '../../engine/image.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import {
  canonicalReference,
  familiarReference,
  isOfficial,
  type TaggedReference,
} from '../../engine/oci/reference.ts';
import type { PushEvent } from '../../engine/transfer/pushEvent.ts';
import type { EngineHost } from '../engineHost.ts';
import { sayBriefly } from '../notices.ts';
import { pushMeter, type TransferProgress } from '../transferProgress.ts';
import type { TransferJob } from '../transfers.ts';
import { askTag, information, moveNote, warning } from './askTag.ts';
import { type ChosenImage, chooseImage, engineName, imageName } from './chosenImage.ts';
import { labelWithoutHost } from './labelWithoutHost.ts';
import { signInRemedy } from './remedies.ts';
import type { ShownTransfers } from './shownTransfers.ts';
import { proposedName } from './tagging.ts';

export type Pushed = Extract<PushEvent, { kind: 'done' }>;

/** Pushes images to the registry that their name says. */
export class Pushing {
  readonly #host: EngineHost;
  readonly #transfers: ShownTransfers;

  constructor(host: EngineHost, transfers: ShownTransfers) {
    this.#host = host;
    this.#transfers = transfers;
  }

  /** Asks where to; another name than the image has becomes a tag of it first, as with `docker tag`. */
  async ask(...args: readonly unknown[]): Promise<void> {
    const chosen = await chooseImage(this.#host, args, l10n.t('Push Image'));
    if (!chosen) return;
    const { engine } = this.#host;
    const images = await engine.images();
    const target = await askTag({
      title: l10n.t('Push {0}', imageName(chosen)),
      prompt: l10n.t('Where to: the name says which registry, without one it is Docker Hub.'),
      value: proposedName(chosen),
      note: async (name) => targetNote(images, chosen, name),
    });
    if (!target) return;
    if (!isNameOf(chosen.image, target)) await engine.tag(engineName(chosen), target);
    await this.push(target);
  }

  async push(target: TaggedReference): Promise<void> {
    const name = familiarReference(target);
    const pushed = await this.#transfers.run(l10n.t('Pushing {0}', name), this.#job(target), (error) =>
      signInRemedy(error, target.registry, () => this.push(target)),
    );
    if (!pushed) return;
    sayBriefly(l10n.t('Pushed {0}: {1}', name, shortDigest(pushed.digest)));
  }

  #job(target: TaggedReference): TransferJob<Pushed> {
    return {
      kind: 'push',
      key: canonicalReference(target),
      label: labelWithoutHost(target),
      name: familiarReference(target),
      run: (report, signal) => followPush(this.#host.engine.push(target, signal), report),
      retry: () => this.push(target),
      result: ({ digest }) => ({ text: l10n.t('pushed as {0}', shortDigest(digest)), digest }),
    };
  }
}

/** Reads a push or a copy to its end. */
export async function followPush(
  events: AsyncIterable<PushEvent>,
  report: (progress: TransferProgress) => void,
): Promise<Pushed> {
  const meter = pushMeter();
  let done: Pushed | undefined;
  for await (const event of events) {
    report(meter(event));
    if (event.kind === 'done') done = event;
  }
  if (!done) throw new Error('the push ended without a result');
  return done;
}

function isNameOf({ tags }: StoredImage, target: TaggedReference): boolean {
  return tags.some((tag) => canonicalReference(tag) === canonicalReference(target));
}

export function officialNote(target: TaggedReference): InputBoxValidationMessage | undefined {
  if (!isOfficial(target)) return undefined;
  return warning(
    l10n.t(
      'Only Docker pushes its official images: put your account before the name, as in ACCOUNT/{0}.',
      familiarReference(target),
    ),
  );
}

/** Nothing where the image goes under a name that it has. */
export function targetNote(
  images: readonly StoredImage[],
  { image }: ChosenImage,
  target: TaggedReference,
): InputBoxValidationMessage | undefined {
  const official = officialNote(target);
  if (official) return official;
  if (isNameOf(image, target)) return undefined;
  return (
    moveNote(images, image, target) ??
    information(l10n.t('The image is given this tag here first, then pushed.'))
  );
}
