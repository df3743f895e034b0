import {
  type Disposable,
  EventEmitter,
  l10n,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from 'vscode';
import { imageTextScheme } from '../contributions.ts';
import type { DockerEngine } from '../engine/dockerEngine/dockerEngine.ts';
import { imageId } from '../engine/dockerEngine/engineImage.ts';
import type { StoredImage } from '../engine/image.ts';
import type { ImageEngine } from '../engine/imageEngine.ts';
import {
  canonicalReference,
  familiarReference,
  parseReference,
  type Reference,
} from '../engine/oci/reference.ts';
import { type ChosenImage, chooseImage, engineName, imageName } from './commands/chosenImage.ts';
import type { EngineHost } from './engineHost.ts';
import { errorText } from './errorText.ts';
import { historyText } from './historyText.ts';
import { givenReferrerDocument, readReferrerDocument } from './referrers/referrerDocument.ts';
import { EngineImageNode } from './views/images/engines/engineImageNode.ts';

export type ImageDocumentKind = 'inspect' | 'history';
/** What a registry has under a reference, as it is. */
const manifestKind = 'manifest';

const extensions: Record<ImageDocumentKind, string> = { inspect: 'json', history: 'txt' };

/** What the engine knows of an image as a read-only document: made when it is opened, kept nowhere. */
export class ImageDocuments implements TextDocumentContentProvider, Disposable {
  readonly #host: EngineHost;
  readonly #changed = new EventEmitter<Uri>();
  readonly #registration: Disposable;
  /** What has just been made for a document that is about to be asked for. */
  readonly #made = new Map<string, string>();

  readonly onDidChange = this.#changed.event;

  constructor(host: EngineHost) {
    this.#host = host;
    this.#registration = workspace.registerTextDocumentContentProvider(imageTextScheme, this);
  }

  /** Opens it for what a row or a link stands for, else for what the person picks. */
  async show(kind: ImageDocumentKind, ...args: readonly unknown[]): Promise<void> {
    if (args[0] instanceof EngineImageNode) return this.#openOfEngine(kind, args[0]);
    const title = kind === 'inspect' ? l10n.t('Inspect Image') : l10n.t('History of Image');
    const chosen = await chooseImage(this.#host, args, title);
    if (chosen) await this.open(kind, chosen);
  }

  /** Opens the document, with what is true now also where it was open before. */
  async open(kind: ImageDocumentKind, chosen: ChosenImage): Promise<void> {
    await this.#open(documentUri(kind, chosen));
  }

  async #open(uri: Uri): Promise<void> {
    await this.openMade(uri, await this.#text(uri));
  }

  /** Opens a document whose text has just been made. */
  async openMade(uri: Uri, text: string): Promise<void> {
    this.#made.set(uri.toString(), text);
    const isOpen = workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
    if (isOpen) this.#changed.fire(uri);
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
  }

  /** Opens the index or manifest that a registry has under the reference. */
  async showManifest(reference: Reference): Promise<void> {
    const query = new URLSearchParams({ kind: manifestKind, image: canonicalReference(reference) });
    const path = `/${familiarReference(reference)} (${manifestKind}).json`;
    await this.#open(Uri.from({ scheme: imageTextScheme, path, query: query.toString() }));
  }

  /** Opens what a Docker engine tells of an image of its own. */
  async #openOfEngine(
    kind: ImageDocumentKind,
    { engineName: image, displayName, parent }: EngineImageNode,
  ): Promise<void> {
    const query = new URLSearchParams({ kind, image, engine: parent.name }).toString();
    const path = `/${displayName} (${kind}, ${parent.name}).${extensions[kind]}`;
    await this.#open(Uri.from({ scheme: imageTextScheme, path, query }));
  }

  refresh(uri: unknown): void {
    const shown = uri instanceof Uri ? uri : window.activeTextEditor?.document.uri;
    if (shown?.scheme === imageTextScheme) this.#changed.fire(shown);
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const key = uri.toString();
    const made = this.#made.get(key);
    this.#made.delete(key);
    if (made !== undefined) return made;
    try {
      return await this.#text(uri);
    } catch (error) {
      return errorText(error);
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }

  async #text({ path, query }: Uri): Promise<string> {
    const parameters = new URLSearchParams(query);
    const { engine } = this.#host;
    const referrer = givenReferrerDocument(parameters);
    if (referrer) return (await readReferrerDocument(engine, referrer)).text;
    const asked = parameters.get('image') ?? '';
    const engineName = parameters.get('engine');
    if (engineName !== null) {
      return engineText(await engine.dockerEngines.engine(engineName), asked, parameters.get('kind'));
    }
    if (parameters.get('kind') === manifestKind) return manifestText(engine, parseReference(asked));
    const image = await engine.image(asked);
    if (parameters.get('kind') !== 'history') return inspect(engine, image);
    const name = path.slice(1).replace(suffix('history'), '');
    const title = l10n.t('History of {0}, the last step first', name);
    return historyText(title, image, await engine.history(image));
  }
}

function documentUri(kind: ImageDocumentKind, chosen: ChosenImage): Uri {
  const query = new URLSearchParams({ kind, image: engineName(chosen) }).toString();
  return Uri.from({ scheme: imageTextScheme, path: `/${imageName(chosen)}${suffix(kind)}`, query });
}

function suffix(kind: ImageDocumentKind): string {
  return ` (${kind}).${extensions[kind]}`;
}

async function manifestText(engine: ImageEngine, reference: Reference): Promise<string> {
  const { bytes } = await engine.manifest(reference);
  return `${JSON.stringify(JSON.parse(Buffer.from(bytes).toString('utf8')), undefined, 2)}\n`;
}

/** A list of one, as `docker image inspect` prints it. */
async function inspect(engine: ImageEngine, image: StoredImage): Promise<string> {
  const document = await engine.inspect(image);
  return `${JSON.stringify([document], undefined, 2)}\n`;
}

async function engineText(engine: DockerEngine, name: string, kind: string | null): Promise<string> {
  const document = await engine.inspect(name);
  if (kind !== 'history') return `${JSON.stringify([document], undefined, 2)}\n`;
  const id = imageId(document.Id, 'Id');
  const title = l10n.t(
    'History of {0} in the Docker engine {1}, the last step first',
    name,
    engine.endpoint.name,
  );
  const size = typeof document.Size === 'number' ? document.Size : 0;
  return historyText(title, { id, size }, await engine.history(name));
}
