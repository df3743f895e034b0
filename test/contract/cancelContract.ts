import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertAbsent } from './pushContract.ts';
import {
  type CreateTarget,
  fetchAll,
  freshBlob,
  freshManifest,
  pieces,
  pushBlob,
  pushManifest,
  rejectsWith,
  type TargetFixture,
} from './targetFixture.ts';

type Call = (fixture: TargetFixture, signal: AbortSignal) => Promise<unknown>;

const manifest = freshManifest();
const stranger = freshBlob(1000);

const calls: Readonly<Record<string, Call>> = {
  resolve: ({ target, name }, signal) => target.resolve(name('here'), signal),
  fetch: (fixture, signal) => fetchAll(fixture, manifest.descriptor, undefined, signal),
  'fetch of a part': (fixture, signal) => fetchAll(fixture, manifest.descriptor, { offset: 1 }, signal),
  exists: ({ target }, signal) => target.exists(manifest.descriptor, signal),
  push: ({ target }, signal) => target.push(stranger.descriptor, pieces(stranger.bytes), signal),
  tag: ({ target, name }, signal) => target.tag(manifest.descriptor, name('there'), signal),
  list: ({ target }, signal) => target.list(signal)[Symbol.asyncIterator]().next(),
};

export function describeCancelling(create: CreateTarget): void {
  describe('cancelling', () => {
    for (const [what, call] of Object.entries(calls)) {
      it(`ends ${what} where the signal has fired before`, async () => {
        await using fixture = await create();
        await pushManifest(fixture, manifest);
        await fixture.target.tag(manifest.descriptor, fixture.name('here'));
        await rejectsWith('Cancelled', call(fixture, AbortSignal.abort()));
        assert.equal(await fixture.target.exists(stranger.descriptor), false);
        await rejectsWith('NotFound', fixture.target.resolve(fixture.name('there')));
      });
    }

    it('ends a stream that is being read', async () => {
      await using fixture = await create();
      const blob = freshBlob(8_000_000);
      await pushBlob(fixture, blob);
      const controller = new AbortController();
      const stream = await fixture.target.fetch(blob.descriptor, undefined, controller.signal);
      const reading = async () => {
        for await (const _ of stream) controller.abort();
      };
      await rejectsWith('Cancelled', reading());
    });

    it('ends a push in the middle and keeps nothing', async () => {
      await using fixture = await create();
      const blob = freshBlob(400_000);
      const controller = new AbortController();
      const content = async function* () {
        yield blob.bytes.subarray(0, 200_000);
        controller.abort();
        yield blob.bytes.subarray(200_000);
      };
      await rejectsWith('Cancelled', fixture.target.push(blob.descriptor, content(), controller.signal));
      await assertAbsent(fixture, blob.descriptor);
    });

    it('ends a push whose source is silent, closes the source and keeps nothing', async function () {
      this.timeout(5000);
      await using fixture = await create();
      const blob = freshBlob(200_000);
      const controller = new AbortController();
      const source = new SilentSource(blob.bytes.subarray(0, 100_000), controller);
      await rejectsWith('Cancelled', fixture.target.push(blob.descriptor, source, controller.signal));
      assert.ok(source.closed, 'the source was left open');
      await assertAbsent(fixture, blob.descriptor);
      await pushBlob(fixture, blob);
      assert.ok((await fetchAll(fixture, blob.descriptor)).equals(blob.bytes));
    });
  });
}

/** Gives one piece, then nothing until it is closed; the signal fires in the silence. */
class SilentSource implements AsyncIterable<Uint8Array> {
  closed = false;
  readonly #piece: Uint8Array;
  readonly #controller: AbortController;
  #silence: ((result: IteratorResult<Uint8Array>) => void) | undefined;

  constructor(piece: Uint8Array, controller: AbortController) {
    this.#piece = piece;
    this.#controller = controller;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    let given = false;
    return {
      next: async () => {
        if (!given) {
          given = true;
          return { done: false, value: this.#piece };
        }
        await sleep(50);
        this.#controller.abort();
        return await new Promise((resolve) => {
          this.#silence = resolve;
        });
      },
      return: async () => {
        this.closed = true;
        this.#silence?.({ done: true, value: undefined });
        return { done: true, value: undefined };
      },
    };
  }
}
