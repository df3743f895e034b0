const escapedByte = 0xf700;

/**
 * A path of an image as VS Code's URIs can carry it: a byte that is not UTF-8, a lone surrogate in the engine's paths, is
 * one of U+F780…U+F7FF, where macOS and Cygwin too put what they have no character for.
 */
export function uriPath(path: string): string {
  return path.replace(loneSurrogate, (character) => shifted(character, escapedByte - 0xdc00));
}

/** The paths that {@link uriPath} may have made it from, the likelier first: those characters are in few names. */
export function enginePaths(path: string): readonly string[] {
  const escaped = path.replace(/[\uf780-\uf7ff]/g, (character) => shifted(character, 0xdc00 - escapedByte));
  return escaped === path ? [path] : [path, escaped];
}

const loneSurrogate = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;

function shifted(character: string, distance: number): string {
  return String.fromCharCode(character.charCodeAt(0) + distance);
}
