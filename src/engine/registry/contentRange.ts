/** What a 206 says that it holds: https://www.rfc-editor.org/rfc/rfc9110#section-14.4 */
export interface ContentRange {
  readonly first: number;
  readonly last: number;
  /** Absent where the server does not say (`*`). */
  readonly total?: number;
}

/** `undefined` for anything but one range of bytes that makes sense. */
export function parseContentRange(header: string | null): ContentRange | undefined {
  const match = /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)\s*$/i.exec(header ?? '');
  if (!match) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2])];
  if (last < first) return undefined;
  if (match[3] === '*') return { first, last };
  const total = Number(match[3]);
  return last < total ? { first, last, total } : undefined;
}
