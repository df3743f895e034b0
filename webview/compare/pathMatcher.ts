/**
 * Whether a path, given in lower case, has what is searched for somewhere in it, whatever the case of that; `*` stands for
 * anything. Linear in the path, however many stars there are.
 */
export function pathMatcher(search: string): (path: string) => boolean {
  const pieces = search
    .toLowerCase()
    .split('*')
    .filter((piece) => piece !== '');
  return (path) => {
    let from = 0;
    return pieces.every((piece) => {
      const at = path.indexOf(piece, from);
      from = at + piece.length;
      return at >= 0;
    });
  };
}
