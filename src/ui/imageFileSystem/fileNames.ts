const escapedByte = 0xf700;
const escapedControl = 0xf000;
const escapedMark = 0xf200;

/**
 * A path of an image as VS Code's URIs can carry it, and as its tabs and titles may show it: a byte that is not UTF-8, a
 * lone surrogate in the engine's paths, is one of U+F780…U+F7FF, where macOS and Cygwin too put what they have no character
 * for. So are control characters (U+F001…U+F09F), and marks that nobody sees or that turn the text around them
 * (U+F20B…U+F26F): VS Code would show another name than the file has.
 */
export function uriPath(path: string): string {
  return path
    .replace(loneSurrogate, (character) => shifted(character, escapedByte - 0xdc00))
    .replace(controls, (character) => shifted(character, escapedControl))
    .replace(marks, (character) => shifted(character, escapedMark - 0x2000));
}

/** The paths that {@link uriPath} may have made it from, the likelier first: those characters are in few names. */
export function enginePaths(path: string): readonly string[] {
  const escaped = path
    .replace(/[\uf780-\uf7ff]/g, (character) => shifted(character, 0xdc00 - escapedByte))
    .replace(/[\uf001-\uf01f\uf07f-\uf09f]/g, (character) => shifted(character, -escapedControl))
    .replace(/[\uf20b\uf20e\uf20f\uf228-\uf22e\uf260-\uf26f]/g, (character) =>
      shifted(character, 0x2000 - escapedMark),
    );
  return escaped === path ? [path] : [path, escaped];
}

const loneSurrogate = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;
const controls = /[\u0001-\u001f\u007f-\u009f]/g;
const marks = /[\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]/g;

function shifted(character: string, distance: number): string {
  return String.fromCharCode(character.charCodeAt(0) + distance);
}
