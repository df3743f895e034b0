import type { LogOutputChannel } from 'vscode';
import type { DockerEngine } from '../../../../engine/dockerEngine/dockerEngine.ts';
import type { EngineNews } from '../../../../engine/dockerEngine/engineEvents.ts';
import type { EngineState } from './engineState.ts';

/** Milliseconds in which many events become one drawing: a pull tells of each of its steps. */
const gathering = 300;

/** What one engine has while its row is unfolded and seen: asked once, and again only when the engine tells of a change. */
export class EngineFollower implements Disposable {
  readonly engine: DockerEngine;
  readonly #draw: () => void;
  readonly #log: LogOutputChannel;
  readonly #ended = new AbortController();
  #state: Promise<EngineState> | undefined;
  #drawing: NodeJS.Timeout | undefined;

  /** @param draw has {@link state} asked for again */
  constructor(engine: DockerEngine, draw: () => void, log: LogOutputChannel) {
    this.engine = engine;
    this.#draw = draw;
    this.#log = log;
    void this.#follow();
  }

  /** @throws what the engine throws; then the next call asks it again */
  state(): Promise<EngineState> {
    const state = this.#state ?? this.#ask();
    this.#state = state;
    state.catch(() => this.#forget(state));
    return state;
  }

  /** Has the engine asked again. */
  refresh(): void {
    this.#state = undefined;
    this.#draw();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#drawing);
    this.#ended.abort();
  }

  async #ask(): Promise<EngineState> {
    const { signal } = this.#ended;
    const [images, containers] = await Promise.all([
      this.engine.images(signal),
      this.engine.containers(signal),
    ]);
    return { images, containers };
  }

  #forget(state: Promise<EngineState>): void {
    if (this.#state === state) this.#state = undefined;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ended;
    try {
      let isConnected = false;
      for await (const news of this.engine.events(signal)) {
        // An engine that was never reached has said so in its row already.
        if (news.kind !== 'lost' || isConnected) this.#tell(news);
        isConnected = news.kind !== 'lost';
      }
    } catch (error) {
      if (!signal.aborted) this.#log.error(String(error));
    }
  }

  #tell(news: EngineNews): void {
    if (news.kind === 'lost') this.#log.info(`the events of ${this.engine.endpoint.name} broke off`);
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      this.refresh();
    }, gathering);
  }
}
