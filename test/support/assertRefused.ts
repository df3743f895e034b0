import assert from 'node:assert/strict';
import type { CommandResult } from './commandLine.ts';

/** Refused by one line on stderr that is for people: not a fault of the program, and nothing on stdout. */
export function assertRefused({ code, stdout, stderr }: CommandResult, says: RegExp): void {
  assert.deepEqual([code, stdout], [1, ''], stderr);
  assert.match(stderr, /^Error: [^\n]{1,600}\n$/);
  assert.match(stderr, says);
  assert.doesNotMatch(stderr, /fault in strata|node:|\n {4}at /);
}
