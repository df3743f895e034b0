/**
 * A substituted word, in the pieces it came from, so that an edit of the result can be made where it stands.
 */
export interface Piece {
  readonly text: string;
  /** Offsets in the file of the characters that gave `text`. */
  readonly start: number;
  readonly end: number;
  /** Where the text depends on a variable: the ARG default or the `${X:-default}` that it stands in. */
  readonly owner?: Owner;
  /** The text is computed (`${X%-*}`, `${X:+…}` of an unset X): there is nothing in the file to edit. */
  readonly derived?: true;
}

/** One place whose text is used or not, depending on a variable. Compared by identity. */
export interface Owner {
  /** Name of the variable. */
  readonly name: string;
  /** Offsets of an ARG's default value, without quotes. Absent where the default stands in the word itself. */
  readonly value?: { readonly start: number; readonly end: number };
}

export interface Expansion {
  readonly pieces: readonly Piece[];
  /** The variable that has no value, if there is one. */
  readonly unresolved?: string;
  /** A quote or brace is left open, or the result is longer than any reference may be. */
  readonly broken: boolean;
}

/** Longer than any valid reference (a name of 255, a tag of 128, a sha512 digest), and short enough to be cheap. */
const maxTextLength = 1024;
const maxPieces = 256;

/** Collects the pieces of one word; adjacent characters of one origin become one piece. */
export class PieceList {
  readonly pieces: Piece[] = [];
  #length = 0;

  get tooLong(): boolean {
    return this.#length > maxTextLength || this.pieces.length > maxPieces;
  }

  addText(text: string, start: number, end: number, owner: Owner | undefined): void {
    if (this.tooLong) return;
    this.#length += text.length;
    const last = this.pieces.at(-1);
    if (last && last.owner === owner && !last.derived && last.end === start) {
      this.pieces[this.pieces.length - 1] = { ...last, text: last.text + text, end };
    } else {
      this.pieces.push({ text, start, end, ...(owner && { owner }) });
    }
  }

  addPieces(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (this.tooLong) return;
      this.#length += piece.text.length;
      this.pieces.push(piece);
    }
  }
}

export function piecesText(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}
