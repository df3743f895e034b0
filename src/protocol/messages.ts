/** What a page may ask of the host: what it sends along, what comes back in pieces, and the answer. */
export interface Call {
  readonly params: unknown;
  /** `never` where nothing comes before the answer. */
  readonly slice: unknown;
  readonly result: unknown;
}

/** All that a page and the host say to one another. Each page has its own in a file here, with its validators. */
export interface Contract {
  /** What the page asks, by name. */
  readonly calls: Readonly<Record<string, Call>>;
  /** What the host tells unasked, by name. */
  readonly events: Readonly<Record<string, unknown>>;
}

type Method<P extends Contract> = keyof P['calls'] & string;

/** What a page sends. */
export type ToHost<P extends Contract> = Request<P> | Cancel;

export interface Request<P extends Contract, M extends Method<P> = Method<P>> {
  readonly kind: 'request';
  /** Of the page's choosing; the answers carry it. */
  readonly id: number;
  readonly method: M;
  readonly params: P['calls'][M]['params'];
}

/** The page no longer wants an answer. It gets none. */
export interface Cancel {
  readonly kind: 'cancel';
  readonly id: number;
}

/** What the host sends: to each request any number of slices, then one result or one failure. */
export type ToPage<P extends Contract> = Slice<P> | Result<P> | Failed | Event<P>;

export interface Slice<P extends Contract> {
  readonly kind: 'slice';
  readonly id: number;
  readonly value: P['calls'][Method<P>]['slice'];
}

export interface Result<P extends Contract> {
  readonly kind: 'result';
  readonly id: number;
  readonly value: P['calls'][Method<P>]['result'];
}

export interface Failed {
  readonly kind: 'error';
  readonly id: number;
  readonly failure: Failure;
}

export type Event<P extends Contract> = {
  readonly [N in keyof P['events'] & string]: {
    readonly kind: 'event';
    readonly name: N;
    readonly value: P['events'][N];
  };
}[keyof P['events'] & string];

/** Why there is no answer, as far as a page shows it differently. */
export type FailureKind = 'error' | 'notFound' | 'signIn' | 'offline' | 'rateLimited';

export interface Failure {
  readonly kind: FailureKind;
  /** What happened and what to do about it: a sentence or two, fit to be shown. */
  readonly text: string;
  /** Who wants a sign-in, cannot be reached or has had enough of us. */
  readonly registry?: string;
}

/** What answers a page's questions, one handler a call; the type is the same where they are served and where they are tested. */
export type Handlers<P extends Contract> = {
  readonly [M in Method<P>]: Handler<
    P['calls'][M]['params'],
    P['calls'][M]['slice'],
    P['calls'][M]['result']
  >;
};

/** @param send passes a slice on; wait for it, so that no more is under way than the page takes */
export type Handler<Params, Part, Answer> = (
  params: Params,
  send: (slice: Part) => Promise<void>,
  signal: AbortSignal,
) => Promise<Answer> | Answer;

/** Reads what a page sends along with each call, which may be anything. They throw where it is not what it should be. */
export type Validators<P extends Contract> = {
  readonly [M in Method<P>]: (params: unknown) => P['calls'][M]['params'];
};
