import { EngineError, type ErrorFacts } from './errors.ts';

const units = ['bytes', 'KiB', 'MiB', 'GiB'] as const;

/** A limit as people read it: limits are powers of two. `4 MiB`, `100 bytes`. */
export function limitText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value % 1024 === 0 && value > 0 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value} ${units[unit]}`;
}

/** @param what with its article: `the layer's table of contents` */
export function tooLarge(what: string, bytes: number, facts?: ErrorFacts): EngineError {
  return new EngineError('TooLarge', `${what} is larger than ${limitText(bytes)}`, facts);
}
