import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CommandResult,
  commandResult,
  giveStdin,
  runCommandLine,
  runInProcess,
} from '../commandLine.ts';
import { type DockerRegistry, startDockerRegistry } from '../dockerRegistry.ts';
import { buildCommandLine } from '../extensionPackage.ts';
import { fillRegistry } from '../fillRegistry.ts';
import { inRepository } from '../paths.ts';
import { type Dockerd, startDockerd } from '../realParts/dockerd.ts';
import { skopeoInspect } from '../realParts/skopeo.ts';
import { sampleImages } from '../sampleRegistry/sampleImages.ts';

export interface RunOptions {
  readonly stdin?: string;
  /** Beside what both have anyway. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface WorldParts {
  readonly registry: DockerRegistry;
  readonly dockerd: Dockerd;
  readonly folder: string;
  /** Where both find Docker Hub. */
  readonly environment: Readonly<Record<string, string>>;
  /** The registry behind it. */
  readonly hub: string | undefined;
}

/** Once for all worlds of a run. */
let built: Promise<void> | undefined;

/**
 * A Docker engine and a store of Strata's side by side, both empty, with the same registry: Debian's, on loopback, with
 * the sample images in it.
 */
export class ParityWorld implements AsyncDisposable {
  readonly registry: DockerRegistry;
  readonly dockerd: Dockerd;
  /** For files that the commands read and write; `FOLDER` in operands. */
  readonly folder: string;
  readonly #parts: WorldParts;
  #chapter = 0;

  private constructor(parts: WorldParts) {
    this.registry = parts.registry;
    this.dockerd = parts.dockerd;
    this.folder = parts.folder;
    this.#parts = parts;
  }

  /**
   * @param environment beside the tester's own, of the engine and of Strata
   * @param hub where `HUB` stands for, if Docker Hub is on this machine
   */
  static async start(environment: Readonly<Record<string, string>> = {}, hub?: string): Promise<ParityWorld> {
    built ??= buildCommandLine();
    await built;
    const registry = await startDockerRegistry({ allowDelete: true });
    await fillRegistry(registry.host, sampleImages());
    const dockerd = await startDockerd(environment);
    const folder = await mkdtemp(join(tmpdir(), 'strata-parity-'));
    return new ParityWorld({ registry, dockerd, folder, environment, hub });
  }

  get store(): string {
    return join(this.folder, `store-${this.#chapter}`);
  }

  /** Both sides lose all their images. */
  async clear(): Promise<void> {
    await rm(this.store, { recursive: true, force: true });
    this.#chapter += 1;
    const ids = new Set((await this.dockerd.docker(['images', '-aq'])).split('\n').filter(Boolean));
    if (ids.size > 0) await this.dockerd.docker(['rmi', '-f', ...ids]);
  }

  async runDocker(
    operands: readonly string[],
    { stdin = '', environment }: RunOptions = {},
  ): Promise<CommandResult> {
    const child = spawn(this.dockerd.client, ['--host', `unix://${this.dockerd.socket}`, ...operands], {
      env: { ...process.env, DOCKER_CONFIG: this.folder, TZ: 'UTC', ...environment },
      cwd: this.folder,
      stdio: 'pipe',
    });
    giveStdin(child, stdin);
    return await commandResult(child, 60_000);
  }

  /**
   * The built command line as it is shipped, where Docker Hub is on this machine: its certificate is trusted by a whole
   * process or not at all. Else the same without the start of a process, which costs ten times what a quick verb does.
   */
  async runStrata(
    operands: readonly string[],
    { stdin = '', environment: own }: RunOptions = {},
  ): Promise<CommandResult> {
    const environment = { ...this.#environment, ...own };
    if (this.#parts.hub === undefined) {
      return await runInProcess(operands, { environment, stdin });
    }
    const build = { node: process.execPath, file: inRepository('dist/cli.js') };
    const options = { stdin, environment, folder: this.folder, timeLimit: 60_000 };
    return await runCommandLine(operands, options, build);
  }

  get #environment(): Readonly<Record<string, string>> {
    return {
      ...this.#parts.environment,
      STRATA_STORE: this.store,
      DOCKER_CONFIG: this.folder,
      TZ: 'UTC',
    };
  }

  /**
   * An operand with its placeholders filled in: `HOST` the registry; `HUB` the one behind Docker Hub; `FOLDER`; `DIGEST(REF)` what the registry has for a
   * reference; `ID(NAME)` and `FULLID(NAME)` the ID of Docker's image of that name, 12 or 64 digits;
   * `START(NAME,NAME)` what two of Docker's IDs begin with.
   */
  async fillIn(operand: string): Promise<string> {
    const named = operand
      .replaceAll('HOST', this.registry.host)
      .replaceAll('HUB', this.#parts.hub ?? 'HUB')
      .replaceAll('FOLDER', this.folder);
    const [whole, what, name = ''] = /(DIGEST|FULLID|ID|START)\(([^)]+)\)/.exec(named) ?? [];
    if (whole === undefined) return named;
    return this.fillIn(named.replace(whole, await this.#value(what, name)));
  }

  async #value(what: string | undefined, name: string): Promise<string> {
    if (what === 'DIGEST') return (await skopeoInspect(name)).Digest;
    if (what !== 'START') return this.#imageId(name, what === 'ID');
    const ids = await Promise.all(name.split(',').map((one) => this.#imageId(one, true)));
    const [first = '', second = ''] = ids;
    const length = [...first].findIndex((digit, at) => digit !== second[at]);
    if (length <= 0) throw new Error(`the IDs of ${name} do not begin alike: ${ids.join(', ')}`);
    return first.slice(0, length);
  }

  async #imageId(name: string, short: boolean): Promise<string> {
    const full = (await this.dockerd.docker(['image', 'inspect', '-f', '{{.Id}}', name])).trim();
    return short ? full.slice('sha256:'.length).slice(0, 12) : full;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dockerd.close();
    await this.registry[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
