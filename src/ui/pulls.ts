import { type Disposable, EventEmitter, type LogOutputChannel } from 'vscode';
import { isEngineError } from '../engine/errors.ts';
import type { Platform } from '../engine/oci/platform.ts';
import { formatPlatform } from '../engine/oci/platform.ts';
import { canonicalReference, type Reference } from '../engine/oci/reference.ts';
import type { PullEvent } from '../engine/transfer/pullEvent.ts';
import type { EngineHost } from './engineHost.ts';
import { noProgress, type PullProgress, PullProgressMeter } from './pullProgress.ts';

/** A pull of this window: under way, or failed and not yet dismissed. */
export interface PullTask {
  /** The same for the same reference and platform. */
  readonly id: string;
  readonly reference: Reference;
  readonly platform?: Platform;
  readonly progress: PullProgress;
  /** Set once it has failed. */
  readonly error?: unknown;
}

export type PullOutcome =
  | { readonly kind: 'done'; readonly event: Extract<PullEvent, { kind: 'done' }> }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'cancelled' };

interface RunningPull {
  readonly controller: AbortController;
  readonly outcome: Promise<PullOutcome>;
}

/** The pulls that this window shows, oldest first. */
export class Pulls implements Disposable {
  readonly #host: EngineHost;
  readonly #log: LogOutputChannel;
  readonly #tasks = new Map<string, PullTask>();
  readonly #running = new Map<string, RunningPull>();
  readonly #changed = new EventEmitter<PullTask | undefined>();

  /** With the task whose progress moved; without one where tasks came or went. */
  readonly onDidChange = this.#changed.event;

  constructor(host: EngineHost, log: LogOutputChannel) {
    this.#host = host;
    this.#log = log;
  }

  get tasks(): readonly PullTask[] {
    return [...this.#tasks.values()];
  }

  /** Whether anything is under way that a new engine would break off. */
  get running(): boolean {
    return this.#running.size > 0;
  }

  task(id: string): PullTask | undefined {
    return this.#tasks.get(id);
  }

  /** Never rejects. Joins the pull of the same that is already under way. */
  start(reference: Reference, platform?: Platform): Promise<PullOutcome> {
    const id = taskId(reference, platform);
    const running = this.#running.get(id);
    if (running) return running.outcome;
    const controller = new AbortController();
    const task: PullTask = { id, reference, ...(platform && { platform }), progress: noProgress };
    this.#tasks.set(id, task);
    const outcome = this.#run(task, controller.signal);
    this.#running.set(id, { controller, outcome });
    this.#changed.fire(undefined);
    return outcome;
  }

  cancel(id: string): void {
    this.#running.get(id)?.controller.abort();
  }

  dismiss(id: string): void {
    if (this.#running.has(id)) return;
    this.#tasks.delete(id);
    this.#changed.fire(undefined);
  }

  dispose(): void {
    for (const { controller } of this.#running.values()) controller.abort();
    this.#changed.dispose();
  }

  async #run(task: PullTask, signal: AbortSignal): Promise<PullOutcome> {
    const outcome = await this.#outcome(task, signal);
    this.#running.delete(task.id);
    if (outcome.kind === 'failed') this.#update({ ...task, error: outcome.error });
    else this.#tasks.delete(task.id);
    this.#changed.fire(undefined);
    return outcome;
  }

  async #outcome(task: PullTask, signal: AbortSignal): Promise<PullOutcome> {
    const name = canonicalReference(task.reference);
    this.#log.info(`pull ${name}`);
    try {
      const event = await this.#follow(task, signal);
      this.#log.info(`pulled ${name}: ${event.digest}`);
      if (event.warning) this.#log.warn(`${name}: ${event.warning}`);
      return { kind: 'done', event };
    } catch (error) {
      if (signal.aborted || isEngineError(error, 'Cancelled')) return { kind: 'cancelled' };
      this.#log.error(`pull ${name}`, error);
      return { kind: 'failed', error };
    }
  }

  async #follow(task: PullTask, signal: AbortSignal): Promise<Extract<PullEvent, { kind: 'done' }>> {
    const meter = new PullProgressMeter();
    const options = task.platform ? { platform: task.platform } : {};
    let done: Extract<PullEvent, { kind: 'done' }> | undefined;
    for await (const event of this.#host.engine.pull(task.reference, options, signal)) {
      this.#update({ ...task, progress: meter.add(event) });
      if (event.kind === 'done') done = event;
    }
    if (!done) throw new Error('the pull ended without a result');
    return done;
  }

  #update(task: PullTask): void {
    this.#tasks.set(task.id, task);
    this.#changed.fire(task);
  }
}

function taskId(reference: Reference, platform: Platform | undefined): string {
  const name = canonicalReference(reference);
  return platform ? `${name} ${formatPlatform(platform)}` : name;
}
