import { l10n, type MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { commands, viewItems } from '../../../contributions.ts';
import type { RemotePlatform } from '../../../engine/image.ts';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import {
  familiarReference,
  isOfficial,
  type TaggedReference,
  withDigest,
} from '../../../engine/oci/reference.ts';
import { referrerTagKind } from '../../../engine/oci/referrerKind.ts';
import { appendRemoteImage, digestText } from '../../hovers/remoteImageText.ts';
import { appendForeign, lineBreak, markdown } from '../../markdown.ts';
import { kindIcon } from '../../referrers/referrerText.ts';
import type { TreeNode } from '../treeNode.ts';
import { listRows } from './listRows.ts';
import type { RegistryShelf } from './registryShelf.ts';
import { RemotePlatformNode } from './remotePlatformNode.ts';

/** A tag of a repository in a registry. What it names is asked for when it is unfolded or pointed at. */
export class RemoteTagNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode;
  readonly reference: TaggedReference;
  readonly #shelf: RegistryShelf;
  readonly #isStored: boolean;

  constructor(parent: TreeNode, shelf: RegistryShelf, reference: TaggedReference, isStored: boolean) {
    this.id = `${parent.id}/:${reference.tag}`;
    this.parent = parent;
    this.reference = reference;
    this.#shelf = shelf;
    this.#isStored = isStored;
  }

  get registry(): string {
    return this.reference.registry;
  }

  item(): TreeItem {
    const { tag } = this.reference;
    const kind = referrerTagKind(tag);
    const item = new TreeItem(kind ? shortTag(tag) : tag, TreeItemCollapsibleState.Collapsed);
    const fact = this.#isStored ? l10n.t('in the store') : undefined;
    item.id = this.id;
    item.contextValue = viewItems.remoteTag;
    item.iconPath = kind ? kindIcon(kind) : new ThemeIcon('tag');
    if (fact !== undefined) item.description = fact;
    item.accessibilityInformation = { label: [l10n.t('Tag {0}', tag), fact].filter(Boolean).join(', ') };
    return item;
  }

  async tooltip(signal: AbortSignal): Promise<MarkdownString | undefined> {
    const content = markdown([commands.copyImageDigest]);
    for await (const image of this.#shelf.engine.lookUp(this.reference, {}, signal)) {
      if (!image.config && image.platforms?.length !== 0) continue;
      appendForeign(content, familiarReference(this.reference));
      content.appendMarkdown(lineBreak);
      appendRemoteImage(content, image, digestText(image));
      return content;
    }
    return undefined;
  }

  children(): Promise<TreeNode[]> {
    const { engine } = this.#shelf;
    const list = this.#shelf.list(this, (signal) => platformsOf(engine, this.reference, signal));
    return listRows(this, list, {
      shelf: this.#shelf,
      registry: this.registry,
      toNode: ({ platform, manifest }) =>
        new RemotePlatformNode(this, this.#shelf, withDigest(this.reference, manifest.digest), platform),
      arrange: (platforms) => platforms,
      empty: () =>
        isOfficial(this.reference) ? l10n.t('No platforms') : l10n.t('Nothing here is an image to run'),
    });
  }
}

/** The tags of what was said of one image differ in their ends, which a narrow view cuts off. */
function shortTag(tag: string): string {
  return tag.replace(/(?<=-[0-9a-f]{12})[0-9a-f]+/, '…');
}

/** As soon as they are known: sizes would be a request each. */
async function* platformsOf(
  engine: ImageEngine,
  reference: TaggedReference,
  signal: AbortSignal,
): AsyncGenerator<RemotePlatform, void, undefined> {
  for await (const { platforms } of engine.lookUp(reference, { maxAge: 0 }, signal)) {
    if (!platforms) continue;
    yield* platforms;
    return;
  }
}
