const pause = 700;

/** Finds rows by the beginning of their names, as it is typed. */
export class TypeAhead {
  #typed = '';
  #last = Number.NEGATIVE_INFINITY;

  /** The row to go to, the search going round from the current one; `undefined` where none begins so. */
  find(
    key: string,
    time: number,
    current: number,
    length: number,
    label: (at: number) => string,
  ): number | undefined {
    this.#typed = time - this.#last > pause ? key : this.#typed + key;
    this.#last = time;
    const wanted = onlyOne(this.#typed.toLowerCase());
    const from = wanted.length === 1 ? current + 1 : current;
    for (let step = 0; step < length; step++) {
      const at = (from + step) % length;
      if (label(at).toLowerCase().startsWith(wanted)) return at;
    }
    return undefined;
  }

  /** Whether a key goes on with something that is being typed: a space then is a space. */
  isTyping(time: number): boolean {
    return time - this.#last <= pause;
  }
}

/** The same letter again and again goes from one row that begins with it to the next. */
function onlyOne(typed: string): string {
  const [first = ''] = typed;
  return typed.length > 1 && typed === first.repeat(typed.length) ? first : typed;
}
