import assert from 'node:assert/strict';
import type { StoredImage } from '../../../src/engine/image.ts';
import { type DigestRows, imageRows } from '../../../src/engine/listing/imageRows.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { parseName, withDigest, withTag } from '../../../src/engine/oci/reference.ts';

const one = digestOf('one');
const two = digestOf('two');
const now = Date.UTC(2026, 0, 31);

interface Names {
  readonly tags?: readonly string[];
  /** `name one` or `name two` */
  readonly digests?: readonly string[];
}

function image({ tags = [], digests = [] }: Names): StoredImage {
  return {
    id: digestOf('config'),
    manifest: { mediaType: mediaType.ociManifest, digest: one, size: 100 },
    tags: tags.map((text) => withTag(parseName(text), parseName(text).tag ?? '')),
    repoDigests: digests.map((text) => {
      const [name = '', which] = text.split(' ');
      return withDigest(parseName(name), which === 'one' ? one : two);
    }),
    platform: { os: 'linux', architecture: 'amd64' },
    created: new Date(now - 3 * 24 * 3_600_000),
    size: 7_340_000,
  };
}

describe('the rows of image ls', () => {
  const cases: readonly [what: string, names: Names, digestRows: DigestRows, rows: readonly string[]][] = [
    ['a tag makes a row', { tags: ['alpine:3.20'], digests: ['alpine one'] }, 'none', ['alpine 3.20']],
    ['each tag makes a row', { tags: ['alpine:3', 'alpine:3.20'] }, 'none', ['alpine 3', 'alpine 3.20']],
    ['an image without a name is dangling', {}, 'none', ['<none> <none>']],
    [
      'a repository that has a digest only makes a row',
      { digests: ['alpine one'] },
      'none',
      ['alpine <none>'],
    ],
    ['several digests make one row', { digests: ['alpine one', 'alpine two'] }, 'none', ['alpine <none>']],
    [
      'a repository of digests beside one of tags',
      { tags: ['acme/app:1'], digests: ['acme/app one', 'mirror.test/app one'] },
      'none',
      ['acme/app 1', 'mirror.test/app <none>'],
    ],
    [
      'every digest of a tag makes a row with --digests',
      { tags: ['alpine:3'], digests: ['alpine one', 'alpine two'] },
      'all',
      [`alpine 3 ${one}`, `alpine 3 ${two}`],
    ],
    [
      'every digest without a tag makes a row with --digests',
      { digests: ['alpine one', 'alpine two'] },
      'all',
      [`alpine <none> ${one}`, `alpine <none> ${two}`],
    ],
    ['a tag without a digest', { tags: ['app:1'] }, 'all', ['app 1 <none>']],
    [
      'every digest of a tag makes a row, but none of a repository without one',
      { tags: ['alpine:3'], digests: ['alpine one', 'alpine two', 'busybox one', 'busybox two'] },
      'tagged',
      [`alpine 3 ${one}`, `alpine 3 ${two}`, `busybox <none> ${one}`],
    ],
  ];
  for (const [what, names, digestRows, rows] of cases) {
    it(`${what}: ${rows.join('; ') || 'nothing'}`, () => {
      const shown = imageRows([image(names)], digestRows).map(({ repository, tag, digest }) =>
        [repository, tag, ...(digestRows === 'none' ? [] : [digest])]
          .map((cell) => cell ?? '<none>')
          .join(' '),
      );
      assert.deepEqual(shown, rows);
    });
  }
});
