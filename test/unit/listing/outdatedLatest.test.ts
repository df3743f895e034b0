import assert from 'node:assert/strict';
import { taggedImages } from '../../../src/engine/listing/groupImages.ts';
import { outdatedLatest } from '../../../src/engine/listing/outdatedLatest.ts';
import { listedImage } from '../../support/listedImage.ts';

/** Each image: its tags, then perhaps its date. */
type Image = readonly [tags: string, created?: string];

function answer(images: readonly Image[]): string | undefined {
  const stored = images.map(([tags, created]) =>
    listedImage({
      name: tags,
      tags: tags.split(' ').map((tag) => `acme/web:${tag}`),
      ...(created !== undefined && { created }),
    }),
  );
  const found = outdatedLatest(taggedImages(stored));
  return found && `${found.latestIs ?? '?'} < ${found.newest.tag.tag}`;
}

describe('a latest that is not the newest', () => {
  const cases: readonly [what: string, images: readonly Image[], expected: string | undefined][] = [
    ['there is no latest', [['1.0'], ['2.0']], undefined],
    ['latest alone', [['latest', '2024-01-01']], undefined],
    ['latest is the newest version', [['latest 2.0'], ['1.4']], undefined],
    ['latest is an older version', [['latest 1.4'], ['2.0']], '1.4 < 2.0'],
    [
      'the version says it, whatever the dates',
      [
        ['latest 1.4', '2025-01-01'],
        ['2.0', '2024-01-01'],
      ],
      '1.4 < 2.0',
    ],
    [
      'an older version was patched later',
      [
        ['latest 2.0', '2024-01-01'],
        ['1.4.9', '2025-01-01'],
      ],
      undefined,
    ],
    [
      'latest has no version and is older',
      [
        ['latest', '2024-01-01'],
        ['2.0', '2024-06-01'],
      ],
      '? < 2.0',
    ],
    [
      'latest has no version and is newer',
      [
        ['latest', '2024-06-01'],
        ['2.0', '2024-01-01'],
      ],
      undefined,
    ],
    ['latest does not say how old it is', [['latest'], ['2.0', '2024-01-01']], undefined],
    ['a pre-release is no newer version', [['latest 1.4'], ['2.0-rc.1']], undefined],
    ['a variant is no newer version', [['latest 1.4'], ['2.0-alpine']], undefined],
    [
      'names only: the date decides',
      [
        ['latest', '2024-01-01'],
        ['nightly', '2024-06-01'],
        ['edge', '2024-03-01'],
      ],
      '? < nightly',
    ],
    [
      'names only, none newer',
      [
        ['latest', '2024-01-01'],
        ['nightly', '2024-01-01'],
      ],
      undefined,
    ],
    ['the most exact of its own versions is told', [['latest 1 1.4 1.4.2'], ['2.0']], '1.4.2 < 2.0'],
  ];
  for (const [what, images, expected] of cases) {
    it(`${what}: ${expected ?? 'nothing to say'}`, () => assert.equal(answer(images), expected));
  }
});
