import assert from 'node:assert/strict';
import { PartlySorted } from '../../../src/engine/listing/partlySorted.ts';

function lists() {
  const sorted: number[][] = [];
  const list = new PartlySorted([[3, 1, 2], [], [5, 4], [6]], (part) => {
    sorted.push([...part]);
    return part.toSorted();
  });
  return { list, sorted };
}

describe('a list whose parts are sorted when somebody comes to them', () => {
  it('knows how long it is and sorts nothing for that', () => {
    const { list, sorted } = lists();
    assert.equal(list.length, 6);
    assert.deepEqual(sorted, []);
  });

  it('sorts what a page needs, once', () => {
    const { list, sorted } = lists();
    assert.deepEqual(list.slice(0, 2), [1, 2]);
    assert.deepEqual(list.slice(0, 3), [1, 2, 3]);
    assert.deepEqual(sorted, [[3, 1, 2]]);
    assert.deepEqual(list.slice(2, 4), [3, 4]);
    assert.deepEqual(sorted, [[3, 1, 2], [], [5, 4]]);
  });

  it('is sliced as an array is', () => {
    const whole = [1, 2, 3, 4, 5, 6];
    for (const start of [undefined, 0, 1, 5, 9, -1, -9]) {
      for (const end of [undefined, 0, 2, 6, 9, -1, -9]) {
        assert.deepEqual(lists().list.slice(start, end), whole.slice(start, end), `${start} to ${end}`);
      }
    }
  });
});
