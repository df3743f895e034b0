import path from 'node:path';
import { buildSync } from 'esbuild';
import { inRepository } from '../support/paths.ts';

/** The command line as it is shipped. @returns the path of what is to be run */
export function bundleCommandLine(folder: string): string {
  buildSync({
    entryPoints: { cli: inRepository('src/cli.ts'), commandLine: inRepository('src/cli/run.ts') },
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return path.join(folder, 'cli.js');
}
