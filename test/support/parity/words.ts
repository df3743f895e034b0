/** The words of a command line, quoted as for a shell: `'…'` as it stands, `"…"` with `\"` and `\\`. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:[^\s'"]|'[^']*'|"(?:[^"\\]|\\.)*")+/g)) words.push(unquoted(word));
  return words;
}

function unquoted(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"/g,
    (_, single?: string, double?: string) => single ?? (double ?? '').replace(/\\(["\\])/g, '$1'),
  );
}
