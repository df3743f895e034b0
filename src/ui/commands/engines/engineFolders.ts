import { l10n, type QuickPickItem, window } from 'vscode';
import type { DockerEngine } from '../../../engine/dockerEngine/dockerEngine.ts';
import type { EngineImage } from '../../../engine/dockerEngine/engineImage.ts';
import type { StoredImage } from '../../../engine/image.ts';
import { type Digest, shortDigest } from '../../../engine/oci/digest.ts';
import { familiarReference, type TaggedReference } from '../../../engine/oci/reference.ts';
import type { EngineHost } from '../../engineHost.ts';
import { inertText } from '../../foreignText.ts';
import { formatSize } from '../../format.ts';
import type { ImageLocation } from '../../imageFileSystem/imageLocation.ts';
import { imageTree } from '../../imageFileSystem/imageTree.ts';
import { ContainerNode } from '../../views/images/engines/containerNode.ts';
import { EngineImageNode } from '../../views/images/engines/engineImageNode.ts';
import type { ImagesView } from '../../views/images/imagesView.ts';
import { imageItems } from '../chosenImage.ts';
import { compareFolders } from '../comparing.ts';
import type { ComparePanels } from '../comparingImages.ts';
import { addFolder } from '../openingFolders.ts';

interface OtherImage extends QuickPickItem {
  readonly open?: () => Promise<ImageLocation>;
}

/**
 * Looks into images of Docker engines. The engine gives an image as one archive, of which there is a temporary copy for as
 * long as this window is open: the store stays as it is.
 */
export class EngineFolders {
  readonly #host: EngineHost;
  readonly #images: ImagesView;
  readonly #panels: ComparePanels;

  constructor(host: EngineHost, images: ImagesView, panels: ComparePanels) {
    this.#host = host;
    this.#images = images;
    this.#panels = panels;
  }

  open(row: unknown): Promise<void> | undefined {
    return row instanceof EngineImageNode ? this.#open(row) : undefined;
  }

  compare(row: unknown): Promise<void> | undefined {
    return row instanceof EngineImageNode ? this.#compare(row) : undefined;
  }

  /** What containers still run of a tag that has moved, beside what it names now. */
  async compareMoved(row: unknown): Promise<void> {
    const node = row instanceof ContainerNode ? row.parent : row;
    if (!(node instanceof EngineImageNode)) return;
    const old = row instanceof ContainerNode ? row.use.container.imageId : await this.#askOld(node);
    if (old === undefined) return;
    const { engine } = node.parent;
    const before = await this.#receive(engine, old, old);
    const after = await this.#receive(engine, node.engineName, node.displayName);
    await compareFolders(this.#host, this.#panels, treeOf(before, undefined), treeOf(after, node.tag));
  }

  async #open(row: EngineImageNode): Promise<void> {
    const image = await this.#receive(row.parent.engine, row.engineName, row.displayName);
    await addFolder(treeOf(image, row.tag));
  }

  async #compare(row: EngineImageNode): Promise<void> {
    const title = l10n.t('Compare {0} With', row.displayName);
    const items = [...this.#neighbours(row), ...(await this.#stored())];
    const item = await window.showQuickPick(items, { title, matchOnDescription: true });
    if (!item?.open) return;
    const left = await this.#receive(row.parent.engine, row.engineName, row.displayName);
    await compareFolders(this.#host, this.#panels, treeOf(left, row.tag), await item.open());
  }

  /** The only image that containers still run of the tag, else the one that the person picks. */
  async #askOld({ staleUses, neighbours, displayName }: EngineImageNode): Promise<Digest | undefined> {
    const ids = [...new Set(staleUses.map(({ container }) => container.imageId))];
    const [only, ...others] = ids;
    if (others.length === 0) return only;
    const items = ids.map((id) => {
      const users = staleUses.filter(({ container }) => container.imageId === id);
      const size = neighbours.find((image) => image.id === id)?.size;
      const description = [
        inertText(users.map(({ container }) => container.name).join(', ')),
        size && formatSize(size),
      ];
      return { label: shortDigest(id), description: description.filter(Boolean).join(' · '), id };
    });
    const title = l10n.t('Compare {0} with Which Old Image', displayName);
    return (await window.showQuickPick(items, { title }))?.id;
  }

  #neighbours({ parent, neighbours, image: own }: EngineImageNode): readonly OtherImage[] {
    const others = neighbours.filter(({ id }) => id !== own.id);
    return others.flatMap((image) =>
      (image.tags.length > 0 ? image.tags : [undefined]).map((tag) => ({
        label: tag ? familiarReference(tag) : shortDigest(image.id),
        description: [inertText(parent.name), formatSize(image.size), shortDigest(image.id)].join(' · '),
        open: async () => treeOf(await this.#receive(parent.engine, image.id, labelOf(image, tag)), tag),
      })),
    );
  }

  async #stored(): Promise<readonly OtherImage[]> {
    const items = imageItems(await this.#host.engine.images());
    return items.flatMap(({ chosen, ...item }) =>
      chosen ? [{ ...item, open: async () => treeOf(chosen.image, chosen.tag) }] : [],
    );
  }

  #receive(engine: DockerEngine, name: string, label: string): Promise<StoredImage> {
    const title = l10n.t('Reading {0} from the Docker engine {1}', label, engine.endpoint.name);
    return this.#images.whileBusy(title, () => this.#host.engine.engineImage(engine, name));
  }
}

function treeOf(image: StoredImage, tag: TaggedReference | undefined): ImageLocation {
  return { ...imageTree({ image, tag }), path: '/' };
}

function labelOf({ id }: EngineImage, tag: TaggedReference | undefined): string {
  return tag ? familiarReference(tag) : shortDigest(id);
}
