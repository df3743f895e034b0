const hidden =
  /[\0-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udc7f]/g;

/** Longer names and texts are cut in rows: no layout and no screen reader is made for more. */
const longest = 500;
const ellipsis = '…';

/**
 * Foreign text for one line of a page: what is invisible, acts on a terminal or turns the direction of writing is
 * spelled out (`\u202e`); a byte that was not UTF-8, a lone surrogate in the engine's paths, as that byte.
 */
export function visibleText(text: string, most = longest): string {
  const cut = text.length <= most ? text : text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '') + ellipsis;
  return plain.test(cut) ? cut : cut.replace(hidden, spelledOut);
}

/** As nearly every name is: nothing in it needs a closer look. */
const plain = /^[\x20-\x7e]*$/;

function spelledOut(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
