import assert from 'node:assert/strict';
import {
  compareValidators,
  parseCompareSubject,
  parseCompareView,
} from '../../../src/protocol/comparePage.ts';
import { MessageError } from '../../../src/protocol/validate.ts';

const image = { manifest: 'sha256:1', name: 'web:1' };
const long = 'x'.repeat(200_000);

describe('what the Compare page says', () => {
  it('is read', () => {
    assert.deepEqual(compareValidators.open({ before: '/a', after: '/b', other: 1 }), {
      before: '/a',
      after: '/b',
    });
    assert.deepEqual(compareValidators.open({ after: '/b' }), { before: undefined, after: '/b' });
    assert.deepEqual(parseCompareSubject({ before: image, after: image }), { before: image, after: image });
    const view = {
      tab: 'files',
      rows: { config: 3 },
      scroll: { files: 40 },
      search: 'a*',
      hidden: ['added'],
      toggled: ['/a'],
      path: '/a/b',
      isStopped: true,
    };
    assert.deepEqual(parseCompareView(view), view);
    assert.deepEqual(
      Object.values(parseCompareView({})).filter((value) => value !== undefined),
      [],
    );
  });

  const refused: readonly (readonly [what: string, read: () => unknown])[] = [
    ['a path that is none', () => compareValidators.open({ before: 1 })],
    ['a path without end', () => compareValidators.open({ after: long })],
    ['something for a call that takes nothing', () => compareValidators.packages({})],
    ['nothing to copy', () => compareValidators.copy(undefined)],
    ['a text too long to copy', () => compareValidators.copy({ text: long })],
    ['one image', () => parseCompareSubject({ before: image })],
    ['an unknown tab', () => parseCompareView({ tab: 'layer' })],
    ['a row below none', () => parseCompareView({ rows: { files: -1 } })],
    ['an unknown kind', () => parseCompareView({ hidden: ['moved'] })],
    ['more folders than are kept', () => parseCompareView({ toggled: Array(501).fill('/a') })],
  ];
  for (const [what, read] of refused) {
    it(`is refused where it is ${what}`, () => assert.throws(read, MessageError));
  }
});
