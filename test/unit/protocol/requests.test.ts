import assert from 'node:assert/strict';
import { Answering } from '../../../src/protocol/answering.ts';
import { Asking, RequestFailed } from '../../../src/protocol/asking.ts';
import type { Failure, Handlers, ToHost, ToPage } from '../../../src/protocol/messages.ts';
import { asCount, asFields, MessageError } from '../../../src/protocol/validate.ts';

type CountContract = {
  readonly calls: {
    readonly count: {
      readonly params: { readonly to: number };
      readonly slice: number;
      readonly result: string;
    };
  };
  readonly events: { readonly changed: string };
};

const refused: Failure = { kind: 'offline', text: 'Nobody there.', registry: 'example.com' };

/** Both ends, with a wire between them that passes on copies. */
class Wire {
  readonly sent: ToHost<CountContract>[] = [];
  readonly events: unknown[] = [];
  readonly asking: Asking<CountContract>;
  readonly answering: Answering<CountContract>;

  constructor(count: Handlers<CountContract>['count']) {
    this.asking = new Asking({
      post: (message) => {
        this.sent.push(message);
        void this.answering.receive(structuredClone(message));
      },
      onEvent: (event) => this.events.push(event),
    });
    this.answering = new Answering<CountContract>({
      handlers: { count },
      validators: { count: (params) => ({ to: asCount(asFields(params, 'count').to, 'to', 100) }) },
      post: async (message: ToPage<CountContract>) => this.asking.receive(structuredClone(message)),
      failure: () => refused,
    });
  }
}

const never = () => new AbortController().signal;
const noSlice = () => assert.fail('there is no slice');

describe('a request of a page', () => {
  it('is answered after its slices, in order', async () => {
    const wire = new Wire(async ({ to }, send) => {
      for (let number = 1; number <= to; number++) await send(number);
      return 'done';
    });
    const slices: number[] = [];
    const result = await wire.asking.ask('count', { to: 3 }, (slice) => slices.push(slice), never());
    assert.equal(result, 'done');
    assert.deepEqual(slices, [1, 2, 3]);
  });

  it('fails with what the host makes of the error', async () => {
    const wire = new Wire(() => {
      throw new Error('secret');
    });
    await assert.rejects(
      wire.asking.ask('count', { to: 1 }, noSlice, never()),
      (error) => error instanceof RequestFailed && assert.deepEqual(error.failure, refused) === undefined,
    );
  });

  it('is told apart from others that run at the same time', async () => {
    const wire = new Wire(async ({ to }, send) => {
      await send(to);
      return String(to);
    });
    const ask = (to: number) => wire.asking.ask('count', { to }, (slice) => assert.equal(slice, to), never());
    assert.deepEqual(await Promise.all([ask(1), ask(2), ask(3)]), ['1', '2', '3']);
  });

  it('stops at the host when the page cancels it, and answers nothing more', async () => {
    let running: AbortSignal | undefined;
    const wire = new Wire(async (_params, send, signal) => {
      running = signal;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await send(1);
      return 'too late';
    });
    const cancel = new AbortController();
    const asked = wire.asking.ask('count', { to: 1 }, noSlice, cancel.signal);
    cancel.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
    assert(running?.aborted);
    assert.deepEqual(
      wire.sent.map(({ kind }) => kind),
      ['request', 'cancel'],
    );
  });

  it('is stopped when the page is no longer seen', async () => {
    const wire = new Wire((_params, _send, signal) => {
      wire.answering.cancelAll();
      assert(signal.aborted);
      return 'nobody hears it';
    });
    const posted: unknown[] = [];
    const receive = wire.asking.receive.bind(wire.asking);
    wire.asking.receive = (message) => {
      posted.push(message);
      receive(message);
    };
    await wire.answering.receive({ kind: 'request', id: 1, method: 'count', params: { to: 1 } });
    assert.deepEqual(posted, []);
  });

  it('is not even sent where it is cancelled before', async () => {
    const wire = new Wire(() => 'never');
    await assert.rejects(wire.asking.ask('count', { to: 1 }, noSlice, AbortSignal.abort()));
    assert.deepEqual(wire.sent, []);
  });
});

describe('what a page says', () => {
  const unknown: readonly (readonly [what: string, message: unknown])[] = [
    ['no object', 'count'],
    ['a list', []],
    ['a kind that there is not', { kind: 'result', id: 1 }],
    ['no id', { kind: 'request', method: 'count', params: { to: 1 } }],
    ['a broken id', { kind: 'request', id: 1.5, method: 'count', params: { to: 1 } }],
    ['a call that there is not', { kind: 'request', id: 1, method: 'remove', params: {} }],
    ["an object's own method", { kind: 'request', id: 1, method: 'constructor', params: {} }],
    ['parameters that are none', { kind: 'request', id: 1, method: 'count', params: { to: 'many' } }],
    ['parameters out of bounds', { kind: 'request', id: 1, method: 'count', params: { to: 101 } }],
  ];

  for (const [what, message] of unknown) {
    it(`is refused where it is ${what}`, async () => {
      const wire = new Wire(() => assert.fail('ran'));
      await assert.rejects(wire.answering.receive(message), MessageError);
    });
  }

  it('may cancel what is not running', async () => {
    const wire = new Wire(() => assert.fail('ran'));
    await wire.answering.receive({ kind: 'cancel', id: 7 });
  });
});

describe('what a host tells unasked', () => {
  it('comes as an event', () => {
    const wire = new Wire(() => 'unused');
    wire.asking.receive({ kind: 'event', name: 'changed', value: 'the store' });
    assert.deepEqual(wire.events, [{ kind: 'event', name: 'changed', value: 'the store' }]);
  });
});
