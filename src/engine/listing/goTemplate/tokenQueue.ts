import type { Token } from './token.ts';

/** All tokens of a source, taken by the parsers of its templates in turn. */
export class TokenSource {
  private readonly tokens: readonly Token[];
  private taken = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  /** Past the end there are only empty errors. */
  take(): Token {
    const token = this.tokens[this.taken];
    this.taken += 1;
    return token ?? { kind: 'error', position: 0, text: '', line: 0 };
  }
}

/** Tokens with as much look-ahead as one parser needs. */
export class TokenQueue {
  /** The one that was read last, ahead or not: Go's messages name its line. */
  latest: Token = { kind: 'error', position: 0, text: '', line: 0 };
  private readonly source: TokenSource;
  private readonly ahead: Token[] = [];

  constructor(source: TokenSource) {
    this.source = source;
  }

  next(): Token {
    return this.ahead.shift() ?? this.read();
  }

  peek(): Token {
    const token = this.next();
    this.ahead.unshift(token);
    return token;
  }

  nextNonSpace(): Token {
    for (;;) {
      const token = this.next();
      if (token.kind !== 'space') return token;
    }
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.ahead.unshift(token);
    return token;
  }

  /** Puts back what was taken, in the order of the source. */
  putBack(...tokens: Token[]): void {
    this.ahead.unshift(...tokens);
  }

  private read(): Token {
    this.latest = this.source.take();
    return this.latest;
  }
}
