import path from 'node:path';
import { buildSync } from 'esbuild';
import { inRepository } from '../support/paths.ts';

/** The command line as it is shipped, in one file. @returns its path */
export function bundleCommandLine(folder: string): string {
  const outfile = path.join(folder, 'cli.cjs');
  buildSync({
    entryPoints: [inRepository('src/cli.ts')],
    outfile,
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return outfile;
}
