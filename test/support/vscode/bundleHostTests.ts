import { globSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin, stop } from 'esbuild';
import { inRepository, repository, vscodeCache } from '../paths.ts';

/** CommonJS has no `import.meta`: each file is told where its source stands. */
const sourcePlaces: Plugin = {
  name: 'source-places',
  setup(build) {
    build.onLoad({ filter: /[\\/]test[\\/].*\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const contents = source
        .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file)))
        .replaceAll('import.meta.filename', JSON.stringify(file))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href));
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * Bundles `test/host` for the extension host, which cannot load TypeScript.
 * @returns the script whose `run()` VS Code is to call
 */
export async function bundleHostTests(): Promise<string> {
  const folder = path.join(vscodeCache, 'host-tests');
  await rm(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: repository,
    entryPoints: ['test/host/index.ts', ...globSync('test/host/**/*.test.ts', { cwd: repository })],
    outbase: inRepository('test/host'),
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha', 'playwright-core', 'esbuild'],
    plugins: [sourcePlaces],
    logLevel: 'warning',
  });
  await stop();
  return path.join(folder, 'index.js');
}
