import { Option } from 'commander';
import { EngineError } from '../engine/errors.ts';

export interface ContentTrustOptions {
  readonly disableContentTrust?: boolean;
}

/** Docker's `--disable-content-trust`, which is on by itself there too. */
export function contentTrustOptions(): Option[] {
  return ['--disable-content-trust', '--no-disable-content-trust'].map((flag) => new Option(flag).hideHelp());
}

/** @throws `Unsupported` where signatures of Notary are asked for: nobody is to believe that they were verified */
export function requireNoContentTrust({ disableContentTrust }: ContentTrustOptions): void {
  if (disableContentTrust === false) {
    throw new EngineError(
      'Unsupported',
      'content trust is not supported: leave out --disable-content-trust=false',
    );
  }
}
