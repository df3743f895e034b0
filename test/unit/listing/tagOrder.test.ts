import assert from 'node:assert/strict';
import { newestTagsFirst } from '../../../src/engine/listing/tagOrder.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';

describe('tags, newest version first', () => {
  const cases: readonly [what: string, newestFirst: readonly string[]][] = [
    ['numbers count as numbers', ['1.10', '1.9', '1.2', '0.100', '0.99']],
    ['what has more parts is the newer of two', ['1.9.1', '1.9.0', '1.9', '1.8.12', '1']],
    ['“latest” leads', ['latest', '99', '1']],
    ['a leading v means nothing', ['v2.0', '1.5', 'v1.4']],
    [
      'pre-releases come below their release',
      ['2.0', '2.0-rc.2', '2.0-rc.1', '2.0-beta', '2.0-alpha', '1.9'],
    ],
    ['pre-releases are numbered too', ['1.0rc10', '1.0rc9', '1.0b2', '1.0a1']],
    ['variants come below the plain tag', ['22', '22-alpine', '22-bookworm', '22-slim', '21', '21-alpine']],
    ['pre-releases come below every variant', ['3.0', '3.0-alpine', '3.0-rc1', '3.0-rc1-alpine', '2.9']],
    ['variants with numbers count those as numbers', ['8-alpine3.9', '8-alpine3.10']],
    ['dates are versions', ['20240923', '20240807', '3.20']],
    ['revisions behind a dash are variants', ['1.2.3', '1.2.3-1', '1.2.3-2', '1.2.3-10']],
    ['names come last, by the alphabet', ['latest', '1.0', 'bookworm', 'edge', 'stable']],
    [
      'what cosign and others tag comes below everything that people have',
      [
        '1.0',
        `sha256-${'0'.repeat(63)}`,
        'stable',
        `sha256-${'0'.repeat(64)}`,
        `sha256-${'1'.repeat(64)}.sig`,
      ],
    ],
    ['commits are names', ['1.0', '7d8f9ab', 'deadbee1', 'main']],
    ['numbers of any length are told apart', ['100000000000000000001', '100000000000000000000', '9']],
    ['zeros in front mean nothing', ['24.10', '24.04', '24.4-x', '23.10']],
  ];
  for (const [what, newestFirst] of cases) {
    it(`${what}: ${newestFirst.join(', ')}`, () => {
      for (const given of [newestFirst, newestFirst.toReversed(), newestFirst.toSorted()]) {
        assert.deepEqual(newestTagsFirst(given), newestFirst);
      }
    });
  }

  it('sorts ten thousand tags in no time', () => {
    const tags = Array.from({ length: 10_000 }, (_, at) => `1.${(at * 7919) % 10_000}.${at % 7}-alpine`);
    const started = processorMilliseconds();
    assert.equal(
      newestTagsFirst(tags)[0],
      '1.9999.6-alpine'.replace('6', tags.find((tag) => tag.startsWith('1.9999.'))?.split(/[.-]/)[2] ?? ''),
    );
    assert.ok(processorMilliseconds() - started < 2000);
  });
});
