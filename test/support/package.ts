// `npm run package`: makes the extension's VSIX and lists what is in it.

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { packageExtension } from './extensionPackage.ts';
import { kibibytes } from './running/format.ts';
import { zipEntries } from './zipEntries.ts';

const file = await packageExtension();
for (const { name, size } of await zipEntries(file)) console.log(`${kibibytes(size).padStart(12)}  ${name}`);
console.log(`${path.basename(file)}: ${kibibytes((await stat(file)).size)}`);
