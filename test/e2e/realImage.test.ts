import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DockerRegistry, startDockerRegistry } from '../support/dockerRegistry.ts';
import { Product } from '../support/e2e/product.ts';
import { settled } from '../support/e2e/settled.ts';
import { buildLargeImage } from '../support/realParts/debianImage.ts';
import { skopeo, skopeoInspect } from '../support/realParts/skopeo.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { layersTests } from './layersSteps.ts';

const repository = 'debian/tools';
const emptyStore = 'No images in the local store yet.';
const buildLimit = 600_000;

interface RawManifest {
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

/** Its bytes are chosen to be lost easily: tabs, spaces at ends of lines, no line end at the last. */
function dockerfile(reference: string): string {
  return `# What a build begins with.  \nFROM\t${reference} AS tools\t\nLABEL  a="${reference}"\nCMD ["true"]`;
}

describe('a real image of more than 300 MB', () => {
  let registry: DockerRegistry;
  let samples: SampleRegistry;
  let product: Product;
  let reference: string;
  let digest: string;
  let layers: RawManifest['layers'];

  before(async function () {
    this.timeout(buildLimit);
    registry = await startDockerRegistry();
    samples = await startSampleRegistry();
    reference = `${registry.host}/${repository}:bookworm`;
    const built = await buildLargeImage();
    const from = `oci:${built.directory}:${built.name}`;
    await skopeo(['copy', '--dest-tls-verify=false', from, `docker://${reference}`]);
    digest = (await skopeoInspect(reference)).Digest;
    const raw = await skopeo(['inspect', '--raw', '--tls-verify=false', `docker://${reference}`]);
    ({ layers } = JSON.parse(raw) as RawManifest);
    product = await Product.open({
      name: 'real-image',
      fillWorkspace: (folder) => writeFile(path.join(folder, 'Dockerfile'), dockerfile(reference)),
    });
    await product.workbench.openFile('Dockerfile');
    await product.workbench.openViewContainer('Strata');
    await product.workbench.waitForText(emptyStore);
    await product.foldView('In This Workspace');
  });

  afterEach(async function () {
    await product.keepEvidence(this.currentTest);
  });

  after(async function () {
    this.timeout(60_000);
    await product?.[Symbol.asyncDispose]();
    await samples?.close();
    await registry?.[Symbol.asyncDispose]();
  });

  /** So that a test does not hang on what another has left. */
  async function pulled(): Promise<void> {
    await product.strata('pull', '-q', reference);
    await product.workbench.tree('Images').row(repository);
  }

  async function unfoldTag(): Promise<void> {
    await product.foldAll('Images', repository);
    await product.workbench.tree('Images').expand(repository);
    await product.workbench.tree('Images').expand(/^bookworm/);
  }

  const layersOf = async () =>
    (await product.workbench.tree('Images').rows()).filter(({ level }) => level === 3);

  const onDisk = () => readFile(path.join(product.workspace, 'Dockerfile'), 'utf8');

  it('is what it claims to be', () => {
    const bytes = layers.reduce((sum, { size }) => sum + size, 0);
    assert(bytes > 300e6, `${bytes} bytes`);
    assert(layers.length >= 4, `${layers.length} layers`);
  });

  it('hovers with the digest that skopeo shows', async () => {
    const shown = await product.hoverShows(reference, /Looked up/);
    assert(shown.includes(digest), `${digest} is not in: ${shown}`);
    assert(shown.includes('Not in the store'), shown);
    await product.screenshot('hover');
  });

  it('is pulled by the link of the hover, with its progress in the view', async () => {
    await product.hoverShows(reference, /Pull/);
    await product.workbench.hoverWidget().getByText('Pull', { exact: true }).click();
    const tree = product.workbench.tree('Images');
    await tree.row(/[1-9][\d.]*MB of \d+MB, \d of 7 layers/);
    await product.screenshot('pulling');
    await product.hideHover();
    const rows = await settled(
      () => tree.rows(),
      (all) => all.length === 1 && all[0]?.text === `${repository} 1 tag · ${registry.host}`,
      60_000,
    );
    assert.equal(rows[0]?.expanded, false);
    await product.screenshot('pulled');
  });

  it('unfolds to the layers of the manifest', async () => {
    await pulled();
    await unfoldTag();
    const rows = await settled(layersOf, ({ length }) => length === layers.length);
    const digests = rows.map(({ text }) => text.split(' ').at(-1));
    assert.deepEqual(
      digests,
      layers.map((layer) => layer.digest.slice('sha256:'.length, 'sha256:'.length + 12)),
    );
    await product.screenshot('layers');
  });

  it('says of each layer which digest and size it has in the manifest', async function () {
    this.timeout(60_000);
    await pulled();
    await unfoldTag();
    for (const layer of layers) {
      const short = layer.digest.slice('sha256:'.length, 'sha256:'.length + 12);
      const row = await product.workbench.tree('Images').row(short);
      const tooltip = await product.tooltipShows(row, new RegExp(layer.digest));
      assert(tooltip.includes(`${asDockerPrints(layer.size)} compressed`), tooltip);
    }
  });

  it('unfolds a layer to files, links and what it removed', async function () {
    this.timeout(60_000);
    await pulled();
    await unfoldTag();
    const tree = product.workbench.tree('Images');
    await tree.expand('rm -rf /usr/share/doc');
    await tree.expand(/^opt$/);
    await tree.expand(/^tools$/);
    for (const row of [/^bash1\.\d+MB$/, /^sh→ \/opt\/tools\/bash$/, /^git→ \.\.\/\.\.\/usr\/bin\/git$/]) {
      await tree.row(row);
    }
    await product.screenshot('files');
    await tree.expand(/^usr$/);
    await tree.expand(/^share$/);
    await tree.row(/^docremoved$/);
    await tree.row(/^manremoved$/);
    await product.screenshot('removed');
  });

  it('shows a folder whose lower layers are hidden', async () => {
    await pulled();
    await unfoldTag();
    const tree = product.workbench.tree('Images');
    await tree.expand('umoci insert');
    await tree.expand(/^etc$/);
    await tree.expand(/^alternatives$/);
    await tree.row(/\(everything below\)hidden/);
    await product.screenshot('hidden');
  });

  layersTests(() => ({ product, reference, layers: layers.length, ready: () => pulled().then(unfoldTag) }));

  it('is pinned at the cursor by an edit of nothing else, which undo takes back', async () => {
    const { workbench, page } = product;
    await workbench.clickText(reference);
    await workbench.runCommand('Strata: Pin Tag to Digest');
    await settled(
      () => workbench.editorText(),
      (text) => text.includes(`@${digest}`),
    );
    await product.screenshot('pinned');
    const pinned = dockerfile(reference).replace(reference, `${reference}@${digest}`);
    await page.keyboard.press('Control+S');
    await settled(onDisk, (text) => text === pinned);
    await page.keyboard.press('Control+Z');
    await page.keyboard.press('Control+S');
    await settled(onDisk, (text) => text === dockerfile(reference));
  });

  it('is copied out of the store by skopeo, as every image there', async function () {
    this.timeout(60_000);
    await pulled();
    const index = JSON.parse(await readFile(path.join(product.store, 'index.json'), 'utf8')) as {
      readonly manifests: readonly {
        readonly digest: string;
        readonly annotations: Record<string, string>;
      }[];
    };
    assert.equal(index.manifests.length, 1);
    const target = await mkdtemp(path.join(tmpdir(), 'strata-copied-'));
    try {
      for (const { annotations } of index.manifests) {
        const name = annotations['org.opencontainers.image.ref.name'];
        await skopeo(['copy', `oci:${product.store}:${name}`, `dir:${target}`]);
      }
      const files = await readdir(target);
      for (const layer of layers) assert(files.includes(layer.digest.slice('sha256:'.length)), layer.digest);
    } finally {
      await rm(target, { recursive: true, force: true });
    }
  });

  it('is joined in the tree by what the command line pulls, and left by what it removes', async () => {
    await pulled();
    const tree = product.workbench.tree('Images');
    const other = `${samples.host}/acme/base`;
    await product.strata('pull', `${other}:1.0`);
    await tree.row(/^acme\/base/);
    await product.screenshot('joined');
    await product.strata('rmi', `${other}:1.0`);
    await settled(
      () => tree.rows(),
      (rows) => !rows.some(({ text }) => text.startsWith('acme/base')),
    );
  });

  it('is removed once the question is answered, and leaves no byte', async () => {
    await pulled();
    const { workbench } = product;
    const tree = workbench.tree('Images');
    await tree.expand(repository);
    const dialog = workbench.dialog();
    await tree.chooseFromMenu(/^bookworm/, 'Remove…', dialog);
    await product.screenshot('question');
    assert.match((await dialog.textContent()) ?? '', new RegExp(`Remove ${reference}\\?`));
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await tree.row(/^bookworm/);
    await tree.chooseFromMenu(/^bookworm/, 'Remove…', dialog);
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await workbench.waitForText(emptyStore);
    // The list is written first, and shown; then the bytes go.
    await settled(
      () => readdir(path.join(product.store, 'blobs/sha256')),
      (blobs) => blobs.length === 0,
    );
    await product.screenshot('removed-all');
  });
});

/** Three digits, decimal units. */
function asDockerPrints(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${Number((bytes / 1000 ** power).toPrecision(3))}${units[power]}`;
}
