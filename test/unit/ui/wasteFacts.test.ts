import assert from 'node:assert/strict';
import { mostAsked, mostWasteful, wasteFacts } from '../../../src/ui/panels/layers/wasteFacts.ts';

const layers = [{ wastedBytes: 70 }, { wastedBytes: 0 }, { wastedBytes: 25 }];
const efficiency = 0.9;

function of(...files: readonly (readonly { path: string; size: number }[])[]) {
  return wasteFacts({ efficiency }, layers, new Map(files.entries()));
}

describe('what the Layers page lists as wasted', () => {
  it('is each path once, with the bytes of all layers that have it in vain, the costliest first', () => {
    const first = [
      { path: '/cache/a', size: 50 },
      { path: '/b', size: 20 },
      { path: '/empty', size: 0 },
    ];
    assert.deepEqual(of(first, [], [{ path: '/b', size: 25 }]), {
      efficiency,
      wastedBytes: 95,
      worst: [
        { path: '/cache/a', count: 1, bytes: 50 },
        { path: '/b', count: 2, bytes: 45 },
      ],
      hasMore: false,
    });
  });

  it('says that there is more where there is', () => {
    const many = Array.from({ length: mostWasteful + 1 }, (_, at) => ({ path: `/f${at}`, size: at + 1 }));
    const { worst, hasMore } = of(many);
    assert.deepEqual([worst.length, worst[0]?.bytes, hasMore], [mostWasteful, mostWasteful + 1, true]);
    assert.equal(of(many.slice(1)).hasMore, false);
  });

  it('says so too where there may be more of one layer than was asked for', () => {
    const files = Array.from({ length: mostAsked }, (_, at) => ({ path: '/same', size: at + 1 }));
    assert.equal(of(files).hasMore, true);
    assert.equal(of(files.slice(1)).hasMore, false);
  });
});
