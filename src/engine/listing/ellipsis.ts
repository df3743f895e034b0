/**
 * What takes two places on a terminal: East Asian wide and full-width characters, and emoji that are shown as such
 * (flags are spelled with two narrow letters). https://www.unicode.org/reports/tr11/
 */
const wide =
  /^(?![\u{1f1e6}-\u{1f1ff}])[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/**
 * Text cut to a width, its end marked with `…`, as Docker cuts descriptions and instructions.
 * https://github.com/docker/cli/blob/v20.10.24/cli/command/formatter/displayutils.go (`Ellipsis`)
 * @param width in places on a terminal, the mark included; at least 2
 */
export function ellipsis(text: string, width: number): string {
  // Most text is far shorter or is plain: no character is looked at that need not be.
  if (text.length * 2 <= width) return text;
  let places = 0;
  let cut = 0;
  for (const character of text) {
    places += wide.test(character) ? 2 : 1;
    if (places > width) return `${text.slice(0, cut)}…`;
    if (places < width) cut += character.length;
  }
  return text;
}
