// Untrusted values read as what they should be: a page shows foreign text, so what it says is checked as a stranger's.

/** A page has said something that it never says. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}

export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new MessageError(`${what} is no object`);
}

/** @param longest in UTF-16 units */
export function asText(value: unknown, what: string, longest = 500): string {
  if (typeof value === 'string' && value.length <= longest) return value;
  throw new MessageError(`${what} is no text of at most ${longest} characters`);
}

export function asBoolean(value: unknown, what: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new MessageError(`${what} is neither true nor false`);
}

/** A whole number from 0. */
export function asCount(value: unknown, what: string, most: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new MessageError(`${what} is no whole number from 0 to ${most}`);
}

export function asOneOf<const T extends string>(value: unknown, choices: readonly T[], what: string): T {
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw new MessageError(`${what} is none of ${choices.join(', ')}`);
}

export function asList<T>(value: unknown, item: (one: unknown) => T, what: string, most = 1000): T[] {
  if (Array.isArray(value) && value.length <= most) return value.map(item);
  throw new MessageError(`${what} is no list of at most ${most}`);
}

/** `undefined` where it is not there; else what `read` makes of it. */
export function asOptional<T>(value: unknown, read: (present: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

/** Of a call without parameters. */
export function asNothing(value: unknown): undefined {
  if (value === undefined || value === null) return undefined;
  throw new MessageError('the call takes nothing');
}
