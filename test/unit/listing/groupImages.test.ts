import assert from 'node:assert/strict';
import { groupImages, type ImageGrouping, taggedImages } from '../../../src/engine/listing/groupImages.ts';
import { type ImageOrder, sortGroups, sortTaggedImages } from '../../../src/engine/listing/sortImages.ts';
import { shortDigest } from '../../../src/engine/oci/digest.ts';
import { familiarReference } from '../../../src/engine/oci/reference.ts';
import { listedImage } from '../../support/listedImage.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';

const now = Date.UTC(2026, 0, 31);

const web1 = listedImage({
  name: 'web1',
  tags: ['registry.test:5000/acme/web:1.9', 'registry.test:5000/acme/web:stable'],
  created: '2026-01-30T12:00:00Z',
  size: 10,
});
const web2 = listedImage({
  name: 'web2',
  tags: ['registry.test:5000/acme/web:1.10', 'acme/web:1.10'],
  created: '2025-12-01',
  size: 40,
});
const alpine = listedImage({ name: 'alpine', tags: ['alpine:3.20'], created: '2024-05-01', size: 30 });
const old = listedImage({ name: 'old', tags: ['busybox:stable'], created: '1970-01-01' });
const images = [web1, web2, alpine, old];

type Grouping = Exclude<ImageGrouping, 'None'>;

function groups(by: Grouping, order: ImageOrder): readonly (readonly [key: string, rows: string])[] {
  return sortGroups(groupImages(taggedImages(images), by, now), by, order).map(({ key, members }) => [
    by === 'ImageId' ? shortDigest(key as typeof web1.id) : key,
    sortTaggedImages(members, order)
      .slice()
      .map(({ tag }) => familiarReference(tag).replace('registry.test:5000', 'R'))
      .join(' '),
  ]);
}

describe('the groups of a list of images', () => {
  const cases: readonly [by: Grouping, order: ImageOrder, groups: readonly [string, string][]][] = [
    [
      'Registry',
      'Label',
      [
        ['docker.io', 'acme/web:1.10 alpine:3.20 busybox:stable'],
        ['registry.test:5000', 'R/acme/web:1.10 R/acme/web:1.9 R/acme/web:stable'],
      ],
    ],
    [
      'Repository',
      'Label',
      [
        ['docker.io/acme/web', 'acme/web:1.10'],
        ['registry.test:5000/acme/web', 'R/acme/web:1.10 R/acme/web:1.9 R/acme/web:stable'],
        ['docker.io/library/alpine', 'alpine:3.20'],
        ['docker.io/library/busybox', 'busybox:stable'],
      ],
    ],
    [
      'Repository',
      'CreatedTime',
      [
        ['registry.test:5000/acme/web', 'R/acme/web:1.9 R/acme/web:stable R/acme/web:1.10'],
        ['docker.io/acme/web', 'acme/web:1.10'],
        ['docker.io/library/alpine', 'alpine:3.20'],
        ['docker.io/library/busybox', 'busybox:stable'],
      ],
    ],
    [
      'Repository',
      'Size',
      [
        ['docker.io/library/busybox', 'busybox:stable'],
        ['registry.test:5000/acme/web', 'R/acme/web:1.10 R/acme/web:1.9 R/acme/web:stable'],
        ['docker.io/acme/web', 'acme/web:1.10'],
        ['docker.io/library/alpine', 'alpine:3.20'],
      ],
    ],
    [
      'RepositoryName',
      'Label',
      [
        ['acme/web', 'acme/web:1.10 R/acme/web:1.10 R/acme/web:1.9 R/acme/web:stable'],
        ['alpine', 'alpine:3.20'],
        ['busybox', 'busybox:stable'],
      ],
    ],
    [
      'Tag',
      'Label',
      [
        ['3.20', 'alpine:3.20'],
        ['1.10', 'acme/web:1.10 R/acme/web:1.10'],
        ['1.9', 'R/acme/web:1.9'],
        ['stable', 'R/acme/web:stable busybox:stable'],
      ],
    ],
    [
      'ImageId',
      'CreatedTime',
      [
        [shortDigest(web1.id), 'R/acme/web:1.9 R/acme/web:stable'],
        [shortDigest(web2.id), 'acme/web:1.10 R/acme/web:1.10'],
        [shortDigest(alpine.id), 'alpine:3.20'],
        [shortDigest(old.id), 'busybox:stable'],
      ],
    ],
    [
      'CreatedTime',
      'Label',
      [
        ['day', 'R/acme/web:1.9 R/acme/web:stable'],
        ['year', 'acme/web:1.10 R/acme/web:1.10'],
        ['older', 'alpine:3.20'],
        ['unknown', 'busybox:stable'],
      ],
    ],
  ];
  for (const [by, order, expected] of cases) {
    it(`by ${by}, sorted by ${order}`, () => assert.deepEqual(groups(by, order), expected));
  }

  it('take time in proportion to the rows, also where all are one group', () => {
    const many = Array.from({ length: 100_000 }, (_, at) =>
      listedImage({ name: 'one', tags: [`acme/web:1.${at}`] }),
    );
    const rows = taggedImages(many);
    const start = processorMilliseconds();
    assert.equal(groupImages(rows, 'Repository').length, 1);
    assert.equal(groupImages(rows, 'Tag').length, rows.length);
    assert.ok(processorMilliseconds() - start < 2000);
  });
});

describe('images sorted without groups', () => {
  const cases: readonly [order: ImageOrder, rows: readonly string[]][] = [
    ['Label', ['acme/web:1.10', 'R:1.10', 'R:1.9', 'R:stable', 'alpine:3.20', 'busybox:stable']],
    ['CreatedTime', ['R:1.9', 'R:stable', 'acme/web:1.10', 'R:1.10', 'alpine:3.20', 'busybox:stable']],
    ['Size', ['busybox:stable', 'acme/web:1.10', 'R:1.10', 'alpine:3.20', 'R:1.9', 'R:stable']],
  ];
  for (const [order, expected] of cases) {
    it(`by ${order}, of equals by name and newest version`, () => {
      const names = sortTaggedImages(taggedImages(images), order)
        .slice()
        .map(({ tag }) => familiarReference(tag));
      assert.deepEqual(
        names.map((name) => name.replace('registry.test:5000/acme/web', 'R')),
        expected,
      );
    });
  }
});
