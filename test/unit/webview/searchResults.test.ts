import assert from 'node:assert/strict';
import { RequestFailed } from '../../../src/protocol/asking.ts';
import type { FoundTag } from '../../../src/protocol/searchPage.ts';
import { failureOf } from '../../../webview/search/resultRows.ts';
import { type Asker, Results } from '../../../webview/search/results.ts';

interface Asked {
  readonly method: string;
  readonly signal: AbortSignal;
  readonly slice: (value: unknown) => void;
  readonly answer: () => void;
  readonly fail: (error: unknown) => void;
}

/** A host that answers when the test has it answer. */
function heldPage(): { readonly page: Asker; readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  const ask = (method: string, _params: unknown, signal: AbortSignal, slice: (value: unknown) => void) =>
    new Promise<void>((answer, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      asked.push({ method, signal, slice, answer, fail: reject });
    });
  return { page: { ask } as unknown as Asker, asked };
}

/** As a page has it. */
function shownResults(page: Asker, onCome: (text: string) => void = () => undefined): Results {
  const words = { tagCount: '{0} tags in {1}', platformCount: '{0} platforms of {1}' };
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

  const web = [{ name: 'acme/web' }] as unknown as Parameters<Results['show']>[0];
  const kindsOf = (results: Results) =>
    results.rows.map(({ row }) => (row.kind === 'message' ? row.message.kind : row.kind));

  /** As they are where a tag of a repository was unfolded before. */
  function cameBack(page: Asker, onCome?: (text: string) => void): Results {
    const results = shownResults(page, onCome);
    results.restore({ tags: [] } as unknown as Parameters<Results['restore']>[0], [
      'r acme/web',
      't acme/web:1.0',
    ]);
    results.show(web);
    return results;
  }

  it('ask for unfolded tags once those have come, after a refresh too, and say what has come', async () => {
    const { page, asked } = heldPage();
    const came: string[] = [];
    const results = cameBack(page, (text) => came.push(text));
    for (const round of [0, 2]) {
      assert.equal(results.isAsking, true);
      asked[round]?.slice({ tags: [{ tag: '1.0' }], total: 1 });
      asked[round]?.answer();
      await tick();
      asked[round + 1]?.slice({ tag: '1.0', platforms: [{ name: 'linux/amd64' }] } as FoundTag);
      asked[round + 1]?.answer();
      await tick();
      assert.deepEqual(kindsOf(results), ['repository', 'tag', 'platform']);
      assert.equal(results.isAsking, false);
      results.refresh();
      results.show(web);
    }
    assert.deepEqual(
      asked.map(({ method }) => method),
      // What was there is asked about at once, not only when its list is there again.
      ['tags', 'tag', 'tags', 'tag', 'tags', 'tag'],
    );
    assert.deepEqual(came.slice(0, 2), ['1 tags in acme/web', '1 platforms of acme/web:1.0']);
  });

  it('keep the tags that were there where newer ones do not come, and ask again for those when they come back', async () => {
    const { page, asked } = heldPage();
    const results = cameBack(page);
    asked[0]?.slice({ tags: [{ tag: '1.0', platforms: [{ name: 'linux/amd64' }] }], total: 1 });
    asked[0]?.answer();
    await tick();
    results.refresh();
    results.show(web);
    assert.deepEqual(kindsOf(results), ['repository', 'tag', 'platform', 'loading']);
    // Hidden while it is asked for.
    const kept = results.tags;
    asked[1]?.fail(new RequestFailed({ kind: 'error', text: 'broken' }));
    await tick();
    assert.deepEqual(kindsOf(results), ['repository', 'tag', 'platform', 'failed']);
    const later = heldPage();
    const again = shownResults(later.page);
    const unfolded = ['r acme/web', 't acme/web:1.0'];
    again.restore({ tags: kept } as unknown as Parameters<Results['restore']>[0], unfolded);
    again.show(web);
    const asIs = ['repository', 'tag', 'platform', 'loading'];
    assert.deepEqual(kindsOf(again), asIs);
    // A list that tells less takes nothing from what is unfolded.
    later.asked[0]?.slice({ tags: [{ tag: '1.0' }], total: 1 });
    assert.deepEqual(kindsOf(again), asIs);
    assert.deepEqual(
      later.asked.map(({ method }) => method),
      ['tags'],
    );
  });

  it('keep what is known of a tag while it turns out to be the same image', async () => {
    const { page, asked } = heldPage();
    const results = cameBack(page);
    const tag: FoundTag = { tag: '1.0', digest: 'sha256:1', platforms: [{ name: 'linux/amd64', size: 7 }] };
    asked[0]?.slice({ tags: [{ tag: '1.0' }], total: 1 });
    asked[0]?.answer();
    await tick();
    asked[1]?.slice(tag);
    asked[1]?.answer();
    await tick();
    results.refresh();
    results.show(web);
    asked[3]?.slice({ tag: '1.0', digest: 'sha256:1' });
    assert.deepEqual(kindsOf(results), ['repository', 'tag', 'platform', 'loading', 'loading']);
    asked[3]?.slice({ tag: '1.0', digest: 'sha256:2' });
    assert.deepEqual(kindsOf(results), ['repository', 'tag', 'loading', 'loading']);
  });

  it('tell of a tag that is gone, and ask for it again when that is wanted, from the tag or the message', async () => {
    const { page, asked } = heldPage();
    const results = cameBack(page);
    asked[0]?.slice({ tags: [{ tag: '1.0' }], total: 1 });
    asked[0]?.answer();
    await tick();
    for (const at of [1, 2]) {
      asked[at]?.fail(new RequestFailed({ kind: 'notFound', text: 'gone' }));
      await tick();
      assert.deepEqual(kindsOf(results), ['repository', 'tag', 'failed']);
      assert.deepEqual(failureOf(results.rows[1]?.row), { kind: 'notFound', text: 'gone' });
      const row = results.rows[at]?.row;
      assert.ok(row);
      results.retry(row);
      assert.deepEqual(kindsOf(results), ['repository', 'tag', 'loading']);
      assert.equal(failureOf(results.rows[1]?.row), undefined);
    }
    assert.equal(asked.length, 4);
  });
});
