import type { Located } from './located.ts';

/** As much of HCL as it takes to find its strings and blocks. https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md */
export type HclToken =
  | { readonly kind: 'word' | 'mark'; readonly text: string }
  /** Its text is as written: escapes and templates are left as they are. */
  | { readonly kind: 'string'; readonly located: Located };

const blank = /[\s,]+|(?:#|\/\/)[^\n]*|\/\*.*?(?:\*\/|$)/sy;
const word = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const heredoc = /<<-?([\p{L}_][\p{L}\p{N}_-]*)[^\n]*\n/uy;

export function readHcl(text: string): HclToken[] {
  const tokens: HclToken[] = [];
  for (let at = 0; at < text.length; ) {
    const skipped = matchAt(blank, text, at) ?? heredocAt(text, at);
    if (skipped) {
      at += skipped.length;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.kind === 'string' ? token.located.end + 1 : at + token.text.length;
  }
  return tokens;
}

function tokenAt(text: string, at: number): HclToken {
  if (text[at] === '"') return { kind: 'string', located: stringAt(text, at) };
  const name = matchAt(word, text, at);
  return name ? { kind: 'word', text: name } : { kind: 'mark', text: text[at] ?? '' };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** A heredoc up to the line that ends it. */
function heredocAt(text: string, at: number): string | undefined {
  if (!text.startsWith('<<', at)) return undefined;
  heredoc.lastIndex = at;
  const [opening, name] = heredoc.exec(text) ?? [];
  if (opening === undefined || name === undefined) return undefined;
  let line = at + opening.length;
  while (line < text.length) {
    const next = text.indexOf('\n', line) < 0 ? text.length : text.indexOf('\n', line) + 1;
    if (text.slice(line, next).trim() === name) return text.slice(at, next);
    line = next;
  }
  return text.slice(at);
}

/** A string ends at its quote, or at the end of its line; within `${…}` quotes belong to the expression. */
function stringAt(text: string, quote: number): Located {
  let depth = 0;
  let at = quote + 1;
  for (; at < text.length && text[at] !== '\n'; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (text.startsWith('${', at)) depth++;
    else if (character === '}' && depth > 0) depth--;
    else if (character === '"' && depth === 0) break;
  }
  const end = Math.min(at, text.length);
  return { text: text.slice(quote + 1, end), start: quote + 1, end, verbatim: true };
}
