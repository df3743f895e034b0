import type { TransferJob, Transfers } from '../transfers.ts';
import type { ImagesView } from '../views/images/imagesView.ts';
import { offerRemedies, type Remedy } from './remedies.ts';

/** Transfers as commands start them: to be seen in the Images view while they run, and told of where they fail. */
export class ShownTransfers {
  readonly #transfers: Transfers;
  readonly #images: ImagesView;

  constructor(transfers: Transfers, images: ImagesView) {
    this.#transfers = transfers;
    this.#images = images;
  }

  /**
   * Never rejects for the transfer's sake.
   * @param title what is said while it runs
   * @param remedies what may help where it has failed
   * @returns its value; `undefined` where it failed or was cancelled
   */
  async run<T>(
    title: string,
    job: TransferJob<T>,
    remedies: (error: unknown) => readonly Remedy[] = () => [],
  ): Promise<T | undefined> {
    const outcome = await this.#images.whileBusy(title, () => this.#transfers.start(job));
    if (outcome.kind === 'failed') {
      await offerRemedies(outcome.error, remedies(outcome.error), this.#images.visible);
    }
    return outcome.kind === 'done' ? outcome.value : undefined;
  }
}
