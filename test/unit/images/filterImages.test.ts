import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import type { StoredImage } from '../../../src/engine/image.ts';
import { filterImages, imageFilters, labelsMatch } from '../../../src/engine/images/filterImages.ts';
import type { ImageHome } from '../../../src/engine/images/storedImages.ts';
import { type FilterArguments, parseFilterArguments } from '../../../src/engine/listing/filterArguments.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { familiarReference, parseName, withDigest, withTag } from '../../../src/engine/oci/reference.ts';

interface Sample {
  readonly tags?: readonly string[];
  readonly digests?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly created?: string;
}

const samples: Readonly<Record<string, Sample>> = {
  new: { tags: ['alpine:3.20', 'acme/base:3'], digests: ['alpine'], created: '2024-03-03T00:00:00Z' },
  web: {
    tags: ['acme/web:1', 'ghcr.io/acme/web:1'],
    labels: { tier: 'front', com: '' },
    created: '2024-02-02T00:00:00Z',
  },
  twin: { digests: ['acme/web'], labels: { tier: 'back' }, created: '2024-02-02T00:00:00Z' },
  old: { labels: { tier: 'front' }, created: '2024-01-01T00:00:00Z' },
  dateless: { tags: ['dateless:1'], labels: { tier: 'front=back' } },
};

const blobs = new Map<string, Buffer>();
const images = Object.entries(samples).map(([name, sample]) => storedImage(name, sample));
const ids = new Map(images.map(({ id }, at) => [id, Object.keys(samples)[at]]));

function storedImage(name: string, { tags = [], digests = [], labels, created }: Sample): StoredImage {
  const config = blob({
    os: 'linux',
    architecture: name,
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const manifest = blob({
    schemaVersion: 2,
    mediaType: mediaType.ociManifest,
    config: { mediaType: mediaType.ociConfig, ...config },
    layers: [],
  });
  return {
    id: config.digest,
    manifest: { mediaType: mediaType.ociManifest, ...manifest },
    tags: tags.map((text) => withTag(parseName(text), parseName(text).tag ?? '')),
    repoDigests: digests.map((text) => withDigest(parseName(text), manifest.digest)),
    platform: { os: 'linux', architecture: 'amd64' },
    ...(created !== undefined && { created: new Date(created) }),
    size: 0,
  };
}

function blob(value: unknown) {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = digestOf(bytes);
  blobs.set(digest, bytes);
  return { digest, size: bytes.length };
}

/** As much of a home as filters need; tells how often it was asked for a blob. */
function home(): { readonly home: ImageHome; readonly reads: () => number } {
  let reads = 0;
  const readBlob = async ({ digest }: { readonly digest: string }) => {
    reads += 1;
    return blobs.get(digest);
  };
  return { home: { store: { readBlob } } as unknown as ImageHome, reads: () => reads };
}

function filtersOf(texts: readonly string[]): FilterArguments {
  return parseFilterArguments(texts, imageFilters);
}

/** `web acme/web:1`: which images passed, with the names that did. */
function shown(found: readonly StoredImage[]): string[] {
  return found.map(({ id, tags, repoDigests }) => {
    const names = [...tags.map(familiarReference), ...repoDigests.map(({ repository }) => `${repository}@`)];
    return [ids.get(id), ...names].join(' ');
  });
}

describe('the filters of image ls', () => {
  const web = 'web acme/web:1 ghcr.io/acme/web:1';
  const all = [
    'new alpine:3.20 acme/base:3 library/alpine@',
    web,
    'twin acme/web@',
    'old',
    'dateless dateless:1',
  ];
  const [fresh = ''] = all;
  const cases: readonly [filters: readonly string[], passing: readonly string[]][] = [
    [[], all],
    [['dangling=true'], ['twin acme/web@', 'old']],
    [['dangling=false'], [fresh, web, 'twin acme/web@', 'dateless dateless:1']],
    [
      ['dangling=true', 'dangling=false'],
      ['twin acme/web@', 'old'],
    ],
    [['before=alpine:3.20'], [web, 'twin acme/web@', 'old', 'dateless dateless:1']],
    [['before=acme/web:1'], ['old', 'dateless dateless:1']],
    [['since=acme/web:1'], [fresh]],
    [
      ['since=dateless:1', 'before=alpine:3.20'],
      [web, 'twin acme/web@', 'old'],
    ],
    [['since=acme/web:1', 'since=alpine:3.20'], []],
    [['before=dateless:1'], []],
    [['until=2024-02-02T00:00:00Z'], ['old', 'dateless dateless:1']],
    [
      ['until=2024-02-02T00:00:01Z', 'until=1m'],
      [web, 'twin acme/web@', 'old', 'dateless dateless:1'],
    ],
    [['label=tier'], [web, 'twin acme/web@', 'old', 'dateless dateless:1']],
    [['label=tier=front'], [web, 'old']],
    [['label=tier=front=back'], ['dateless dateless:1']],
    [['label=com', 'label=tier=front'], [web]],
    [['label=com='], [web]],
    [['label=tier=front', 'label=tier=back'], []],
    [['label!=tier'], [fresh]],
    [['label!=tier=front'], [fresh, 'twin acme/web@', 'dateless dateless:1']],
    [
      ['label!=tier=front', 'label!=com'],
      [fresh, 'twin acme/web@', 'old', 'dateless dateless:1'],
    ],
    [['label=tier=front', 'dangling=true'], ['old']],
    [['reference=alpine'], ['new alpine:3.20 library/alpine@']],
    [['reference=alpine:*'], ['new alpine:3.20']],
    [['reference=alpine@*'], ['new library/alpine@']],
    [['reference=alpine@*', 'dangling=true'], ['new library/alpine@']],
    [
      ['reference=*/*:1', 'reference=alp*:3.?0'],
      ['new alpine:3.20', 'web acme/web:1'],
    ],
    [['reference=*/*/web'], ['web ghcr.io/acme/web:1']],
    [['reference=docker.io/library/alpine'], []],
    [['reference='], []],
    [
      ['reference=*', 'dangling=false'],
      [fresh.replace(' acme/base:3', ''), 'dateless dateless:1'],
    ],
  ];
  for (const [texts, passing] of cases) {
    it(`${texts.join(' ') || 'none'}: ${passing.map((line) => line.split(' ')[0]).join(', ') || 'nothing'}`, async () => {
      assert.deepEqual(shown(await filterImages(home().home, images, filtersOf(texts))), passing);
    });
  }

  it('read the configs only of images that are asked for their labels', async () => {
    const { home: counting, reads } = home();
    await filterImages(counting, images, filtersOf(['reference=*/*', 'since=dateless:1']));
    assert.equal(reads(), 0);
    await filterImages(counting, images, filtersOf(['reference=dateless', 'label=tier']));
    assert.equal(reads(), 2);
  });

  it('warn of an image whose labels cannot be read, and show the others', async () => {
    const warnings: string[] = [];
    const broken: ImageHome = { ...home().home, warn: (message) => warnings.push(message) };
    const [first, ...others] = images;
    assert.ok(first);
    const damaged = { ...first, manifest: { ...first.manifest, mediaType: mediaType.ociIndex } };
    const found = await filterImages(broken, [damaged, ...others], filtersOf(['label=tier=back']));
    assert.deepEqual(shown(found), ['twin acme/web@']);
    assert.deepEqual(warnings, [`cannot read the labels of the image ${first.id}`]);
  });

  const refusals: readonly [filter: string, reason: 'Invalid' | 'NotFound', message: string][] = [
    ['dangling=perhaps', 'Invalid', "Invalid filter 'dangling=[perhaps]': write true or false"],
    ['dangling=1', 'Invalid', "Invalid filter 'dangling=[1]': write true or false"],
    ['before=nothing', 'NotFound', 'No such image: nothing'],
    ['since=alpine:1', 'NotFound', 'No such image: alpine:1'],
    ['since=A', 'Invalid', 'invalid reference format: repository name must be lowercase'],
    ['until=soon', 'Invalid', 'failed to parse value as time or duration: "soon"'],
    ['reference=[', 'Invalid', 'syntax error in pattern'],
  ];
  for (const [filter, reason, message] of refusals) {
    it(`${filter} is refused: ${message}`, async () => {
      await assert.rejects(
        filterImages(home().home, images, filtersOf([filter])),
        (error) => isEngineError(error, reason) && error.message.startsWith(message),
      );
    });
  }
});

describe('labels', () => {
  it('pass where nothing is asked of them', () => {
    assert.equal(labelsMatch({}, new Map()), true);
  });
  it('are no properties that every object has', () => {
    assert.equal(labelsMatch({}, filtersOf(['label=constructor'])), false);
  });
});
