import assert from 'node:assert/strict';
import type { FoundTag } from '../../../src/protocol/searchPage.ts';
import { type Asker, Results } from '../../../webview/search/results.ts';

interface Asked {
  readonly method: string;
  readonly signal: AbortSignal;
  readonly slice: (value: unknown) => void;
  readonly answer: () => void;
}

/** A host that answers when the test has it answer. */
function heldPage(): { readonly page: Asker; readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  const ask = (method: string, _params: unknown, signal: AbortSignal, slice: (value: unknown) => void) =>
    new Promise<void>((answer, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      asked.push({ method, signal, slice, answer });
    });
  return { page: { ask } as unknown as Asker, asked };
}

/** As a page has it. */
function shownResults(page: Asker, onCome: (text: string) => void = () => undefined): Results {
  const words = { tagCount: '{0} tags of {1}', platformCount: '{0} platforms of {1}' };
  return new Results(page, words, { onChange: () => undefined, onCome });
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('the results of a search', () => {
  it('ask no more for what is folded, and anew when it is unfolded', async () => {
    const { page, asked } = heldPage();
    const results = shownResults(page);
    const kinds = () => results.rows.map(({ row }) => (row.kind === 'message' ? row.message.kind : row.kind));
    const toggle = (at: number) => {
      const row = results.rows[at]?.row;
      assert.ok(row);
      results.toggle(row);
    };
    results.show([{ name: 'acme/web' }] as unknown as Parameters<Results['show']>[0]);
    toggle(0);
    asked[0]?.slice({ tags: [{ tag: '1.0' }], total: 1 });
    asked[0]?.answer();
    await tick();
    assert.deepEqual(kinds(), ['repository', 'tag']);
    toggle(1);
    // Its platforms are known before all is.
    asked[1]?.slice({ tag: '1.0', platforms: [{ name: 'linux/amd64' }] } as FoundTag);
    assert.deepEqual(kinds(), ['repository', 'tag', 'platform', 'loading']);
    toggle(1);
    assert.equal(asked[1]?.signal.aborted, true);
    await tick();
    toggle(1);
    assert.equal(asked[2]?.method, 'tag');
    asked[2]?.slice({ tag: '1.0', platforms: [{ name: 'linux/amd64' }] } as FoundTag);
    asked[2]?.answer();
    await tick();
    assert.deepEqual(kinds(), ['repository', 'tag', 'platform']);
    toggle(1);
    toggle(1);
    assert.equal(asked.length, 3);
  });
});
