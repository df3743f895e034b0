const indent = '  ';

/** Strings, brackets, commas, colons, spaces, and whatever else stands between them. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|\s+|[^\s"{}[\],:]+/gs;

/**
 * Valid JSON on lines of its own, every token as it was: numbers keep their digits, keys their order.
 * @param maxLength characters; deep nesting makes much of little
 * @returns `undefined` where it would be longer
 */
export function layOutJson(json: string, maxLength: number): string | undefined {
  const out: string[] = [];
  let length = 0;
  let depth = 0;
  let opened = false;
  const write = (text: string) => {
    out.push(text);
    length += text.length;
  };
  const breakLine = () => write(`\n${indent.repeat(depth)}`);
  for (const [token] of json.matchAll(tokens)) {
    if (/^\s/.test(token)) continue;
    if (length > maxLength) return undefined;
    const closes = token === '}' || token === ']';
    if (closes) depth--;
    // Nothing stands between the brackets of what is empty.
    if (opened !== closes) breakLine();
    opened = token === '{' || token === '[';
    write(token === ':' ? ': ' : token);
    if (opened) depth++;
    if (token === ',') breakLine();
  }
  return `${out.join('')}\n`;
}
