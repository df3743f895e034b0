import type { LogOutputChannel } from 'vscode';
import type { DockerEngine } from '../../../../engine/dockerEngine/dockerEngine.ts';
import type { KnownEngine } from '../../../../engine/dockerEngine/engineEndpoint.ts';
import type { EngineHost } from '../../../engineHost.ts';
import { hiddenEnginesSetting } from '../../../settings.ts';
import { MessageNode } from '../../messageNode.ts';
import type { Pages } from '../../pages.ts';
import type { TreeNode } from '../../treeNode.ts';
import { EngineFollower } from './engineFollower.ts';
import { type EngineHome, EngineNode } from './engineNode.ts';
import type { EngineState } from './engineState.ts';

/** The Docker engines in the Images view: those that are unfolded while the view is seen are followed, no others. */
export class EngineRows implements EngineHome, Disposable {
  readonly #host: EngineHost;
  readonly #draw: (node: EngineNode) => void;
  readonly #log: LogOutputChannel;
  readonly #pages: () => Pages;
  /** By the id of the row. */
  readonly #nodes = new Map<string, EngineNode>();
  readonly #followed = new Map<string, EngineFollower>();

  /** @param draw asks for everything below a row again */
  constructor(
    host: EngineHost,
    { draw, pages }: { readonly draw: (node: EngineNode) => void; readonly pages: () => Pages },
    log: LogOutputChannel,
  ) {
    this.#host = host;
    this.#draw = draw;
    this.#pages = pages;
    this.#log = log;
  }

  get pages(): Pages {
    return this.#pages();
  }

  /** Rows of the engines that there are and that are not hidden; none of them is asked anything. */
  async nodes(): Promise<TreeNode[]> {
    const hidden = hiddenEnginesSetting();
    if (hidden.includes('*')) return [];
    try {
      const known = await this.#host.engine.dockerEngines.known();
      return known.filter(({ name }) => !hidden.includes(name)).map((one) => this.#node(one));
    } catch (error) {
      return [MessageNode.error(undefined, error)];
    }
  }

  open(node: EngineNode): Promise<EngineState> {
    const { engine } = node;
    const known = this.#followed.get(node.id);
    if (known?.engine === engine) return known.state();
    // Its context leads elsewhere now.
    known?.[Symbol.dispose]();
    const followed = this.#follow(node.id, engine);
    this.#followed.set(node.id, followed);
    return followed.state();
  }

  /** Asks an unfolded engine again. */
  refresh(node: EngineNode): void {
    const followed = this.#followed.get(node.id);
    if (followed) followed.refresh();
    else this.#draw(node);
  }

  refreshAll(): void {
    for (const followed of this.#followed.values()) followed.refresh();
  }

  /** It has been folded. */
  close(node: EngineNode): void {
    this.#followed.get(node.id)?.[Symbol.dispose]();
    this.#followed.delete(node.id);
  }

  /** Nobody looks any more. */
  closeAll(): void {
    for (const followed of this.#followed.values()) followed[Symbol.dispose]();
    this.#followed.clear();
  }

  [Symbol.dispose](): void {
    this.closeAll();
  }

  #node(known: KnownEngine): EngineNode {
    const { dockerEngines } = this.#host.engine;
    const node = new EngineNode(known, this, ({ endpoint }) => dockerEngines.at(endpoint));
    this.#nodes.set(node.id, node);
    return node;
  }

  #follow(id: string, engine: DockerEngine): EngineFollower {
    const draw = (): void => {
      const node = this.#nodes.get(id);
      if (node) this.#draw(node);
    };
    return new EngineFollower(engine, draw, this.#log);
  }
}
