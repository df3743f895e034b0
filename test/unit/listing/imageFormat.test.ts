import assert from 'node:assert/strict';
import type { StoredImage } from '../../../src/engine/image.ts';
import { formatRows } from '../../../src/engine/listing/formatRows.ts';
import {
  digestRowsOf,
  type ImageFormatOptions,
  imageRowKind,
  imageTemplate,
} from '../../../src/engine/listing/imageFormat.ts';
import { imageRows } from '../../../src/engine/listing/imageRows.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { parseName, withDigest, withTag } from '../../../src/engine/oci/reference.ts';

const now = Date.UTC(2026, 0, 31);
const digest = digestOf('manifest');
const id = digestOf('config');
const shortId = id.slice(7, 19);

function image(tags: readonly string[], repoDigests: readonly string[], created?: Date): StoredImage {
  return {
    id,
    manifest: { mediaType: mediaType.ociManifest, digest, size: 100 },
    tags: tags.map((text) => withTag(parseName(text), parseName(text).tag ?? '')),
    repoDigests: repoDigests.map((text) => withDigest(parseName(text), digest)),
    platform: { os: 'linux', architecture: 'amd64' },
    ...(created && { created }),
    size: 7_341_999,
  };
}

const images = [
  image(['alpine:3'], ['alpine'], new Date(now - 3 * 24 * 3_600_000)),
  image([], ['busybox'], new Date(0)),
  image([], []),
];

interface Given extends Omit<ImageFormatOptions, 'now'> {
  readonly format?: string;
}

function shown({ format: given, ...options }: Given): Promise<string> {
  const { digests = false } = options;
  const format = imageTemplate(given, digests);
  const digestRows = digestRowsOf(format, digests);
  return formatRows(imageRows(images, digestRows), imageRowKind({ ...options, now }, digestRows), { format });
}

describe('image ls', () => {
  it('has Docker’s table', async () => {
    assert.deepEqual((await shown({})).split('\n'), [
      'REPOSITORY   TAG       IMAGE ID       CREATED        SIZE',
      `alpine       3         ${shortId}   3 days ago     7.34MB`,
      `busybox      <none>    ${shortId}   56 years ago   7.34MB`,
      `<none>       <none>    ${shortId}   N/A            7.34MB`,
      '',
    ]);
  });

  it('has a column of digests, and full IDs', async () => {
    const [header, alpine, busybox, dangling] = (await shown({ digests: true, fullIds: true })).split('\n');
    assert.match(header ?? '', /^REPOSITORY {3}TAG {7}DIGEST {68}IMAGE ID/);
    assert.match(alpine ?? '', new RegExp(`^alpine {7}3 {9}${digest} {3}${id} {3}3 days ago`));
    assert.match(busybox ?? '', new RegExp(`^busybox {6}<none> {4}${digest} {3}${id}`));
    assert.match(dangling ?? '', /^<none> {7}<none> {4}<none> {68}sha256/);
  });

  const cases: readonly [what: string, given: Given, lines: readonly string[]][] = [
    ['a digest where a template asks for it', { format: '{{.Digest}}' }, [digest, '', '<none>']],
    ['a digest where it is asked for in another way', { format: '{{ .Digest }}' }, ['<none>', '', '<none>']],
    ['every digest with --digests', { format: '{{ .Digest }}', digests: true }, [digest, digest, '<none>']],
    [
      '--digests adds a column to a table',
      { format: 'table {{.Tag}}', digests: true },
      ['TAG       DIGEST', `3         ${digest}`, `<none>    ${digest}`, '<none>    <none>'],
    ],
    ['an age that is not known', { format: '[{{.CreatedSince}}]' }, ['[3 days ago]', '[56 years ago]', '[]']],
    ['sizes', { format: '{{.Size}} {{.VirtualSize}}' }, Array(3).fill('7.34MB 7.342MB')],
    [
      'what is not known',
      { format: '{{.SharedSize}} {{.UniqueSize}} {{.Containers}}' },
      Array(3).fill('N/A N/A N/A'),
    ],
    [
      'what is known of sharing',
      {
        format: 'table {{.SharedSize}}\\t{{.UniqueSize}}',
        sizeOf: () => ({ sharedBytes: 2_000, uniqueBytes: 1 }),
      },
      ['SHARED SIZE   UNIQUE SIZE', ...Array(3).fill('2kB           1B')],
    ],
  ];
  for (const [what, given, lines] of cases) {
    it(`shows ${what}`, async () => assert.equal(await shown(given), `${lines.join('\n')}\n`));
  }
});
