import { l10n, commands as vscodeCommands, window } from 'vscode';
import { commands } from '../../contributions.ts';
import { isEngineError } from '../../engine/errors.ts';
import type { Platform } from '../../engine/oci/platform.ts';
import type { Reference } from '../../engine/oci/reference.ts';
import { asksForSignIn, errorText } from '../errorText.ts';
import type { Pulls } from '../pulls.ts';
import { shortReference } from '../referenceText.ts';
import type { ImagesView } from '../views/images/imagesView.ts';
import { PullNode } from '../views/images/pullNode.ts';
import { wantedImage } from './arguments.ts';
import { askReference } from './askReference.ts';
import type { PlatformPicker } from './platformPicker.ts';

/** Starts pulls, and tells how they end where the view does not. */
export class Pulling {
  readonly #pulls: Pulls;
  readonly #images: ImagesView;
  readonly #pickPlatform: PlatformPicker;

  constructor(pulls: Pulls, images: ImagesView, pickPlatform: PlatformPicker) {
    this.#pulls = pulls;
    this.#images = images;
    this.#pickPlatform = pickPlatform;
  }

  /** Asks what to pull; for another platform than this machine's on demand. */
  async ask(): Promise<void> {
    const answer = await askReference(l10n.t('Pull Image'), { platformButton: true });
    if (!answer) return;
    const { reference } = answer;
    if (!answer.otherPlatform) return this.pull(reference);
    const platform = await this.#pickPlatform(reference);
    if (platform) await this.pull(reference, platform);
  }

  /** Pulls what a row or a link stands for. */
  async pullArgument(argument: unknown): Promise<void> {
    const wanted = wantedImage(argument);
    if (wanted) await this.pull(wanted.reference, wanted.platform);
    else await this.ask();
  }

  async pull(reference: Reference, platform?: Platform): Promise<void> {
    const name = shortReference(reference);
    const outcome = await this.#images.whileBusy(l10n.t('Pulling {0}', name), () =>
      this.#pulls.start(reference, platform),
    );
    if (outcome.kind === 'failed') await this.#offerHelp(reference, outcome.error);
    if (outcome.kind === 'done') window.setStatusBarMessage(l10n.t('Pulled {0}', name), 5000);
  }

  async retry(node: unknown): Promise<void> {
    if (!(node instanceof PullNode)) return;
    const { reference, platform } = node.task;
    await this.pull(reference, platform);
  }

  /** The failed pull's row says what happened; a message comes only where there is something to decide, or no row to be seen. */
  async #offerHelp(reference: Reference, error: unknown): Promise<void> {
    const signIn = l10n.t('Sign In…');
    const choose = l10n.t('Choose Platform…');
    const actions = asksForSignIn(error) ? [signIn] : isEngineError(error, 'NoSuchPlatform') ? [choose] : [];
    if (actions.length === 0 && this.#images.visible) return;
    const answer = await window.showErrorMessage(errorText(error), ...actions);
    if (answer === signIn) {
      await vscodeCommands.executeCommand(commands.signIn, { registry: reference.registry });
    } else if (answer === choose) {
      const platform = await this.#pickPlatform(reference);
      if (platform) await this.pull(reference, platform);
    }
  }
}
