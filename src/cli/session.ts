import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { EngineError } from '../engine/errors.ts';
import type { ImageEngine } from '../engine/imageEngine.ts';
import { isRegistry } from '../engine/oci/reference.ts';
import { errorText } from './errorText.ts';
import type { GlobalOptions } from './globalOptions.ts';
import type { Output } from './output.ts';
import type { TerminalSize } from './transferView.ts';

/** What a verb is given of the process that it runs in. */
export interface SessionHost {
  readonly output: Output;
  readonly stdin: Readable;
  readonly environment: NodeJS.ProcessEnv;
  /** The size of the terminal that stdout is, where it is one that can be drawn on. */
  readonly terminal: (() => TerminalSize) | undefined;
  readonly version: string;
  readonly workerFile: string;
  /** Fired by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

/** One run of one verb. The engine is made when the verb first asks for it: reading a reference needs none. */
export class Session implements AsyncDisposable {
  readonly host: SessionHost;
  readonly options: GlobalOptions;
  #engine: Promise<ImageEngine> | undefined;

  constructor(host: SessionHost, options: GlobalOptions) {
    this.host = host;
    this.options = options;
  }

  get output(): Output {
    return this.host.output;
  }

  get signal(): AbortSignal {
    return this.host.signal;
  }

  /** Docker's, with its `config.json`. */
  get configDirectory(): string {
    return this.host.environment.DOCKER_CONFIG || join(homedir(), '.docker');
  }

  get json(): boolean {
    return this.options.json;
  }

  engine(): Promise<ImageEngine> {
    this.#engine ??= this.#createEngine();
    return this.#engine;
  }

  async #createEngine(): Promise<ImageEngine> {
    const insecureRegistries = this.options.insecureRegistry.map(registryHost);
    const idleTimeout = idleTimeoutOf(this.host.environment);
    const [{ ImageEngine }, { dockerCredentials }, { environmentProxies }, { defaultStoreDirectory }] =
      await Promise.all([
        import('../engine/imageEngine.ts'),
        import('../engine/registry/dockerCredentials.ts'),
        import('../engine/registry/proxies.ts'),
        import('../engine/store/defaultStoreDirectory.ts'),
      ]);
    const { environment, version, workerFile, output } = this.host;
    const { configDirectory } = this;
    if (this.options.store === '') throw new EngineError('Invalid', '--store must name a folder');
    return new ImageEngine({
      storeDirectory: resolve(
        this.options.store ??
          defaultStoreDirectory({ platform: process.platform, env: environment, home: homedir() }),
      ),
      workerFile,
      credentials: dockerCredentials({
        configDirectory,
        onWarning: (text) => output.warn(text),
      }),
      dockerEngines: () => ({ environment, configDirectory, home: homedir(), platform: process.platform }),
      insecureRegistries,
      proxies: await environmentProxies(environment),
      ...(idleTimeout !== undefined && { idleTimeout }),
      ...(environment.STRATA_HUB_SEARCH && { hubSearch: environment.STRATA_HUB_SEARCH }),
      userAgent: `strata/${version}`,
      onWarning: (text, error) => output.warn(`${text}: ${errorText(error)}`),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const engine = await this.#engine?.catch(() => undefined);
    await engine?.[Symbol.asyncDispose]();
  }
}

function registryHost(text: string): string {
  if (isRegistry(text)) return text;
  throw new EngineError('Invalid', `invalid registry ${JSON.stringify(text)}: write HOST or HOST:PORT`);
}

const longestTimer = 2 ** 31 - 1;

/** Milliseconds, from seconds in `STRATA_IDLE_TIMEOUT`. */
function idleTimeoutOf({ STRATA_IDLE_TIMEOUT: text }: NodeJS.ProcessEnv): number | undefined {
  if (text === undefined || text === '') return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return Math.min(Math.ceil(seconds * 1000), longestTimer);
  throw new EngineError(
    'Invalid',
    `STRATA_IDLE_TIMEOUT must be a number of seconds above 0, not ${JSON.stringify(text)}`,
  );
}
