import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { useCompileCache } from './cli/compileCache.ts';

const entry = realpathSync(process.argv[1] ?? '.');
const isSource = entry.endsWith('.ts');
if (!isSource) useCompileCache();
// From a file of its own: only what is loaded from now on is kept compiled.
createRequire(entry)(join(dirname(entry), isSource ? 'cli/run.ts' : 'commandLine.js'));
