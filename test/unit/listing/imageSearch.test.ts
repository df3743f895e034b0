import assert from 'node:assert/strict';
import { parseImageSearch, searchImages } from '../../../src/engine/listing/imageSearch.ts';
import { digestHex } from '../../../src/engine/oci/digest.ts';
import { familiarReference } from '../../../src/engine/oci/reference.ts';
import { listedImage } from '../../support/listedImage.ts';

const known = ['label', 'label!', 'reference', 'dangling'];

describe('what is typed to find images', () => {
  const cases: readonly [text: string, words: readonly string[], filters: Record<string, string[]>][] = [
    ['', [], {}],
    ['  Web  API ', ['web', 'api'], {}],
    ['reference=*:latest', [], { reference: ['*:latest'] }],
    ['web label=tier=front label=a', ['web'], { label: ['tier=front', 'a'] }],
    ['label!=a', [], { 'label!': ['a'] }],
    ['label="org.name=Two Words" x', ['x'], { label: ['org.name=Two Words'] }],
    ['label=', [], {}],
    ['"half open', ['half open'], {}],
  ];
  for (const [text, words, filters] of cases) {
    it(JSON.stringify(text), () => {
      const search = parseImageSearch(text, known);
      assert.deepEqual(search.words, words);
      assert.deepEqual(Object.fromEntries(search.filters), filters);
    });
  }

  it('refuses a filter that there is not, naming those that there are', () => {
    assert.throws(() => parseImageSearch('colour=red', known), {
      reason: 'Invalid',
      message: /colour.*label, label!, reference, dangling/,
    });
  });
});

describe('images found by words', () => {
  const web = listedImage({ name: 'web', tags: ['registry.test/acme/web:1', 'alpine:RC'] });
  const api = listedImage({ name: 'api', tags: ['registry.test/acme/api:1'], architecture: 'arm64' });
  const lost = listedImage({ name: 'lost', repositories: ['registry.test/acme/web'] });
  const bare = listedImage({ name: 'bare' });

  const cases: readonly [text: string, found: readonly string[]][] = [
    ['', ['registry.test/acme/web:1', 'alpine:RC', 'registry.test/acme/api:1', 'lost', 'bare']],
    ['acme', ['registry.test/acme/web:1', 'registry.test/acme/api:1', 'lost']],
    ['acme web', ['registry.test/acme/web:1', 'lost']],
    ['web acme', ['registry.test/acme/web:1', 'lost']],
    ['rc', ['alpine:RC']],
    ['library/', ['alpine:RC']],
    ['arm64', ['registry.test/acme/api:1']],
    ['linux/arm64 acme', ['registry.test/acme/api:1']],
    ['linux', []],
    [digestHex(bare.id).slice(0, 12), ['bare']],
    [lost.manifest.digest, ['lost']],
    [`${digestHex(web.id).slice(0, 12)} alpine`, ['alpine:RC']],
    ['nothing', []],
  ];
  for (const [text, expected] of cases) {
    it(text === '' ? 'no word finds all' : text, () => {
      const found = searchImages([web, api, lost, bare], parseImageSearch(text, []));
      const names = found.flatMap((image) =>
        image.id === lost.id ? ['lost'] : image.id === bare.id ? ['bare'] : image.tags.map(familiarReference),
      );
      assert.deepEqual(names, expected);
    });
  }
});
