import { EngineError } from '../errors.ts';
import { maxFieldLength } from './packageLimits.ts';

/** `Corrupt`, of a package database: what is wrong with it, and where it is. */
export function brokenDatabase(path: string, problem: string): EngineError {
  return new EngineError('Corrupt', `the package database ${path} cannot be read: ${problem}`, { path });
}

export function tooLargeDatabase(path: string, problem: string): EngineError {
  return new EngineError('TooLarge', `the package database ${path} is not read: ${problem}`, { path });
}

/** A name or version that is there and can be shown. @throws `Corrupt` */
export function requiredField(value: string | undefined, what: string, path: string): string {
  if (value === undefined || value === '') throw brokenDatabase(path, `a package has no ${what}`);
  return shortField(value, what, path);
}

/** @throws `Corrupt` where it is too long for anything real */
export function shortField(value: string, what: string, path: string): string {
  if (value.length <= maxFieldLength) return value;
  throw brokenDatabase(path, `a package's ${what} is longer than ${maxFieldLength} characters`);
}
