import { l10n, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { commands, viewItems } from '../../../../contributions.ts';
import type { DockerEngine } from '../../../../engine/dockerEngine/dockerEngine.ts';
import type { KnownEngine } from '../../../../engine/dockerEngine/engineEndpoint.ts';
import type { EngineImage } from '../../../../engine/dockerEngine/engineImage.ts';
import { familiarReference, type TaggedReference } from '../../../../engine/oci/reference.ts';
import { errorText } from '../../../errorText.ts';
import { foreignText } from '../../../foreignText.ts';
import { appendForeign, lineBreak } from '../../../markdown.ts';
import { MessageNode } from '../../messageNode.ts';
import type { Pages } from '../../pages.ts';
import type { TreeNode } from '../../treeNode.ts';
import { EngineImageNode } from './engineImageNode.ts';
import type { EngineState } from './engineState.ts';

/** What a row of an engine needs of the view. */
export interface EngineHome {
  readonly pages: Pages;
  /** What the engine has; from here on it is followed until the row is folded. */
  open(node: EngineNode): Promise<EngineState>;
}

interface ImageRow {
  readonly image: EngineImage;
  readonly tag?: TaggedReference;
}

/** A Docker engine beside the store. It is asked nothing before it is unfolded. */
export class EngineNode implements TreeNode {
  readonly id: string;
  readonly parent = undefined;
  readonly known: KnownEngine;
  readonly #home: EngineHome;
  readonly #engineAt: (known: Extract<KnownEngine, { endpoint: unknown }>) => DockerEngine;

  constructor(
    known: KnownEngine,
    home: EngineHome,
    engineAt: (known: Extract<KnownEngine, { endpoint: unknown }>) => DockerEngine,
  ) {
    this.id = `engine:${known.name}`;
    this.known = known;
    this.#home = home;
    this.#engineAt = engineAt;
  }

  get name(): string {
    return this.known.name;
  }

  /** Throws why there is none to be asked, where that is so. */
  get engine(): DockerEngine {
    if ('problem' in this.known) throw this.known.problem;
    return this.#engineAt(this.known);
  }

  item(): TreeItem {
    const name = foreignText(this.name, 60);
    const item = new TreeItem(l10n.t('Docker: {0}', name), TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.contextValue = viewItems.engine;
    item.iconPath = new ThemeIcon(this.#isRemote() ? 'remote' : 'server');
    item.description = foreignText(this.#place(), 120);
    item.accessibilityInformation = {
      label: [l10n.t('Docker engine {0}', name), item.description].join(', '),
    };
    return item;
  }

  tooltip(): MarkdownString {
    const content = new MarkdownString();
    appendForeign(content, 'problem' in this.known ? errorText(this.known.problem) : this.#place(), 300);
    if (this.known.isCurrent) content.appendMarkdown(lineBreak + l10n.t('The one that `docker` uses'));
    return content;
  }

  async children(): Promise<TreeNode[]> {
    const { known } = this;
    if ('problem' in known) return [MessageNode.error(this, known.problem)];
    try {
      return this.#rows(await this.#home.open(this));
    } catch (error) {
      const title = l10n.t('Try Again');
      return [MessageNode.error(this, error, { command: commands.refreshImages, title, arguments: [this] })];
    }
  }

  #rows(state: EngineState): TreeNode[] {
    const rows = imageRows(state.images);
    if (rows.length === 0) return [new MessageNode(this, l10n.t('No images'))];
    return this.#home.pages.rows(
      this,
      rows,
      ({ image, tag }) => new EngineImageNode(this, state, image, tag),
    );
  }

  #place(): string {
    return 'endpoint' in this.known ? this.known.endpoint.host : l10n.t('cannot be used');
  }

  #isRemote(): boolean {
    return 'endpoint' in this.known && this.known.endpoint.address.kind !== 'socket';
  }
}

/** A row for each tag by name, then the images without one, newest first. */
function imageRows(images: readonly EngineImage[]): readonly ImageRow[] {
  const tagged = images.flatMap((image) => image.tags.map((tag) => ({ image, tag })));
  tagged.sort((a, b) => compare(familiarReference(a.tag), familiarReference(b.tag)));
  const untagged = images.filter(({ tags }) => tags.length === 0);
  return [...tagged, ...untagged.map((image) => ({ image }))];
}

const { compare } = new Intl.Collator('en', { numeric: true });
