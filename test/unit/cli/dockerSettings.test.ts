import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInProcess } from '../../support/commandLine.ts';
import { buildManifest } from '../../support/sampleRegistry/imageBuilder.ts';
import { file } from '../../support/sampleRegistry/layerTar.ts';
import { storeImage } from '../../support/storedImage.ts';

const odd = 'a\r\n\u{1f468}\u200d\u{1f469}';

function labelled(labels: Readonly<Record<string, string>>) {
  return buildManifest({
    platform: { os: 'linux', architecture: 'amd64' },
    config: { Labels: labels },
    steps: [{ createdBy: 'COPY . /', created: new Date(1_700_000_000_000), files: [file('a', 'a')] }],
  });
}

describe('images and the settings of Docker’s own', () => {
  let folder: string;
  let store: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-settings-'));
    store = join(folder, 'store');
    await storeImage(store, labelled({ keep: 'yes', odd }), ['acme/kept']);
    await storeImage(store, labelled({ other: 'yes' }), ['acme/other']);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const strata = (commandLine: readonly string[], isTerminal = false) =>
    runInProcess(['--store', store, ...commandLine], { environment: { DOCKER_CONFIG: folder }, isTerminal });
  const configure = (text: string) => writeFile(join(folder, 'config.json'), text);
  const left = async () =>
    (await strata(['images', '--format', '{{.Repository}}'])).stdout.trim().split('\n');

  it('prune keeps what pruneFilters says', async () => {
    await configure('{"pruneFilters":["label!=keep=yes","nonsense"]}');
    assert.equal((await strata(['image', 'prune', '-a', '-f'])).code, 0);
    assert.deepEqual(await left(), ['acme/kept']);
  });

  it('prune goes by the command line where that says the opposite', async () => {
    await configure('{"pruneFilters":["label!=keep=yes"]}');
    const { code } = await strata(['image', 'prune', '-a', '-f', '--filter', 'label=keep=yes']);
    assert.equal(code, 0);
    assert.deepEqual(await left(), ['acme/other']);
  });

  for (const text of ['{"pruneFilters":"label=x"}', '{"pruneFilters":["nosuch=1"]}', '{']) {
    it(`prune removes nothing where the settings are wrong: ${text}`, async () => {
      await configure(text);
      const { code, stderr } = await strata(['image', 'prune', '-a', '-f']);
      assert.deepEqual([code, stderr.split('\n').length], [1, 2], stderr);
      assert.deepEqual(await left(), ['acme/kept', 'acme/other']);
    });
  }

  it('images go by imagesFormat where nothing else is said', async () => {
    await configure('{"imagesFormat":"{{.Repository}}!"}');
    const printed = async (...options: string[]) => (await strata(['images', ...options])).stdout;
    assert.equal(await printed(), 'acme/kept!\nacme/other!\n');
    assert.match(await printed('-q'), /^[0-9a-f]{12}\n[0-9a-f]{12}\n$/);
    assert.equal(await printed('--format', '{{.Tag}}'), 'latest\nlatest\n');
    assert.match(await printed('--json'), /^\{"repository":"acme\/kept"/);
  });

  it('images are listed as ever, with a warning, where the settings are wrong', async () => {
    await configure('{"imagesFormat":7}');
    const { code, stdout, stderr } = await strata(['images']);
    assert.equal(code, 0);
    assert.match(stdout, /^REPOSITORY +TAG/);
    assert.match(stderr, /^Warning: Docker's settings were left aside: .*imagesFormat/);
  });

  it('a template gives a pipe the text as it is, and a terminal what it may show', async () => {
    const template = ['image', 'inspect', '-f', '{{index .Config.Labels "odd"}}', 'acme/kept'];
    assert.equal((await strata(template)).stdout, `${odd}\n`);
    assert.equal((await strata(template, true)).stdout, 'a\\r\n\u{1f468}\\u200d\u{1f469}\n');
  });
});
