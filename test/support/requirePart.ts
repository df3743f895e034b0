import type { Context } from 'mocha';

/**
 * For a test of what may be missing on somebody's machine: there it is skipped, and its title is reported. With CI=true
 * nothing may be missing unseen: the test fails.
 * @param part as a person would look for it: `skopeo`
 */
export function requirePart(test: Context, part: string, isThere: unknown): asserts isThere {
  if (isThere) return;
  if (process.env.CI === 'true')
    throw new Error(`${part} is missing: with CI=true no test may be skipped for that`);
  test.skip();
}
