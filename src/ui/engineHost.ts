import { type Disposable, EventEmitter, type LogOutputChannel } from 'vscode';
import type { ImageEngine } from '../engine/imageEngine.ts';

/** Owns the one engine of this window: made when it is first asked for, replaced when its settings change. */
export class EngineHost implements Disposable {
  readonly #create: () => ImageEngine;
  readonly #log: LogOutputChannel;
  readonly #replaced = new EventEmitter<void>();
  #engine: ImageEngine | undefined;

  /** What came from the engine before is out of date. */
  readonly onDidReplace = this.#replaced.event;

  constructor(create: () => ImageEngine, log: LogOutputChannel) {
    this.#create = create;
    this.#log = log;
  }

  get engine(): ImageEngine {
    this.#engine ??= this.#create();
    return this.#engine;
  }

  /** The next one who asks gets an engine with the settings of then. */
  replace(): void {
    this.#close();
    this.#replaced.fire();
  }

  dispose(): void {
    this.#close();
    this.#replaced.dispose();
  }

  #close(): void {
    const engine = this.#engine;
    this.#engine = undefined;
    engine?.[Symbol.asyncDispose]().catch((error) => this.#log.warn(error));
  }
}
