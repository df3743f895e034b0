import { type Disposable, EventEmitter, type LogOutputChannel } from 'vscode';
import { isEngineError } from '../engine/errors.ts';
import type { Digest } from '../engine/oci/digest.ts';
import { notStarted, type TransferProgress } from './transferProgress.ts';

export type TransferKind = 'pull' | 'push' | 'copy' | 'save' | 'load' | 'export';

/** What a person sees of a transfer, and how it is done. */
export interface TransferJob<T> {
  readonly kind: TransferKind;
  /** The same for what is the same transfer: who starts it again while it runs joins it. */
  readonly key: string;
  /** Short, for the row. */
  readonly label: string;
  /** Whole, for the tooltip and for those who hear it. */
  readonly name: string;
  /** Stands before how far it is. */
  readonly detail?: string;
  readonly run: (report: (progress: TransferProgress) => void, signal: AbortSignal) => Promise<T>;
  /** Does all of it again, with what is said when it ends. */
  readonly retry: () => Promise<unknown>;
  /** A result that stays in its row until it is dismissed or followed by another of its kind. */
  readonly result?: (value: T) => TransferResult;
}

export interface TransferResult {
  readonly text: string;
  /** To be copied from the row. */
  readonly digest: Digest;
}

/** A transfer of this window: under way, failed, or done with a result, and not yet dismissed. */
export interface Transfer extends Omit<TransferJob<unknown>, 'run' | 'result'> {
  readonly id: string;
  readonly progress: TransferProgress;
  /** Set once it has failed. */
  readonly error?: unknown;
  readonly result?: TransferResult;
}

export type TransferOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'cancelled' };

interface RunningTransfer {
  readonly controller: AbortController;
  readonly outcome: Promise<TransferOutcome<unknown>>;
}

/** The transfers that this window shows, oldest first. */
export class Transfers implements Disposable {
  readonly #log: LogOutputChannel;
  readonly #transfers = new Map<string, Transfer>();
  readonly #running = new Map<string, RunningTransfer>();
  readonly #changed = new EventEmitter<Transfer | undefined>();

  /** With the transfer whose progress moved; without one where transfers came or went. */
  readonly onDidChange = this.#changed.event;

  constructor(log: LogOutputChannel) {
    this.#log = log;
  }

  get all(): readonly Transfer[] {
    return [...this.#transfers.values()];
  }

  /** Whether anything is under way that a new engine would break off. */
  get running(): boolean {
    return this.#running.size > 0;
  }

  get(id: string): Transfer | undefined {
    return this.#transfers.get(id);
  }

  /** Never rejects. Joins the same transfer where it is already under way. */
  start<T>(job: TransferJob<T>): Promise<TransferOutcome<T>> {
    const id = `${job.kind} ${job.key}`;
    const running = this.#running.get(id);
    // A transfer's key names its kind, and each kind has one type of value.
    if (running) return running.outcome as Promise<TransferOutcome<T>>;
    const controller = new AbortController();
    const { run: _run, result: _result, ...shown } = job;
    const transfer: Transfer = { ...shown, id, progress: notStarted };
    this.#transfers.delete(id);
    this.#transfers.set(id, transfer);
    const outcome = this.#run(job, transfer, controller.signal);
    this.#running.set(id, { controller, outcome });
    this.#changed.fire(undefined);
    return outcome;
  }

  cancel(id: string): void {
    this.#running.get(id)?.controller.abort();
  }

  dismiss(id: string): void {
    if (this.#running.has(id)) return;
    this.#transfers.delete(id);
    this.#changed.fire(undefined);
  }

  dispose(): void {
    for (const { controller } of this.#running.values()) controller.abort();
    this.#changed.dispose();
  }

  async #run<T>(job: TransferJob<T>, transfer: Transfer, signal: AbortSignal): Promise<TransferOutcome<T>> {
    const outcome = await this.#outcome(job, transfer, signal);
    this.#running.delete(transfer.id);
    if (outcome.kind === 'failed') this.#update({ ...transfer, error: outcome.error });
    else if (outcome.kind === 'done' && job.result) this.#showResult(transfer, job.result(outcome.value));
    else this.#transfers.delete(transfer.id);
    this.#changed.fire(undefined);
    return outcome;
  }

  async #outcome<T>(
    { run }: TransferJob<T>,
    transfer: Transfer,
    signal: AbortSignal,
  ): Promise<TransferOutcome<T>> {
    const what = `${transfer.kind} ${transfer.name}`;
    this.#log.info(what);
    try {
      const value = await run((progress) => this.#update({ ...transfer, progress }), signal);
      this.#log.info(`${what}: done`);
      return { kind: 'done', value };
    } catch (error) {
      if (signal.aborted || isEngineError(error, 'Cancelled')) return { kind: 'cancelled' };
      this.#log.error(what, error);
      return { kind: 'failed', error };
    }
  }

  /** The last one of its kind is enough: the row is for copying from, not for keeping a record. */
  #showResult(transfer: Transfer, result: TransferResult): void {
    for (const { id, kind, result: earlier } of this.all) {
      if (kind === transfer.kind && earlier) this.#transfers.delete(id);
    }
    this.#transfers.set(transfer.id, { ...transfer, result });
  }

  #update(transfer: Transfer): void {
    this.#transfers.set(transfer.id, transfer);
    this.#changed.fire(transfer);
  }
}
