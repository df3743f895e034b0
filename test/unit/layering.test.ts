import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** `[file, import specifier, whether the linter lets it pass]` */
const arrows: [string, string, boolean][] = [
  ['src/engine/oci/probe1.ts', '../errors.ts', true],
  ['src/engine/oci/probe2.ts', './digest.ts', true],
  ['src/engine/oci/probe3.ts', '../store/blobs.ts', false],
  ['src/engine/oci/probe4.ts', 'node:fs', false],
  ['src/engine/probe5.ts', 'vscode', false],
  ['src/engine/probe6.ts', '../ui/settings.ts', false],
  ['src/engine/registry/probe7.ts', 'vscode', false],
  ['src/engine/registry/probe8.ts', '../oci/digest.ts', true],
  ['src/engine/registry/probe9.ts', '../store/blobs.ts', false],
  ['src/engine/store/probe10.ts', '../imageEngine.ts', false],
  ['src/engine/transfer/probe11.ts', '../target.ts', true],
  ['src/engine/transfer/probe12.ts', '../../documents/mention.ts', false],
  ['src/engine/layers/probe13.ts', '../store/blobs.ts', false],
  ['src/documents/probe14.ts', '../engine/oci/reference.ts', true],
  ['src/documents/probe15.ts', '../engine/errors.ts', true],
  ['src/documents/probe16.ts', '../engine/store/blobs.ts', false],
  ['src/documents/probe17.ts', '../engine/imageEngine.ts', false],
  ['src/protocol/probe18.ts', './messages.ts', true],
  ['src/protocol/probe19.ts', '../engine/oci/digest.ts', false],
  ['src/protocol/probe20.ts', 'node:fs', false],
  ['src/cli/probe21.ts', '../engine/imageEngine.ts', true],
  ['src/cli/probe22.ts', 'vscode', false],
  ['src/cli/probe23.ts', '../ui/settings.ts', false],
  ['src/contributions.ts', 'vscode', false],
  ['src/extension.ts', 'vscode', true],
  ['src/ui/probe24.ts', 'vscode', true],
  ['src/ui/probe25.ts', '../cli/main.ts', false],
  ['webview/layers/probe26.ts', '../../src/protocol/messages.ts', true],
  ['webview/layers/probe27.ts', '../../src/engine/oci/digest.ts', false],
];

async function lintProbes(): Promise<Set<string>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'strata-layering-'));
  try {
    await copyFile(path.join(root, 'biome.json'), path.join(folder, 'biome.json'));
    for (const [file, specifier] of arrows) {
      await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
      await writeFile(path.join(folder, file), `import { it } from '${specifier}';\nit();\n`);
    }
    const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
    const args = [
      'lint',
      '--only=style/noRestrictedImports',
      '--reporter=json',
      '--max-diagnostics=none',
      '.',
    ];
    const { stdout } = spawnSync(process.execPath, [biome, ...args], { cwd: folder, timeout: 60_000 });
    const report = JSON.parse(stdout.toString()) as { diagnostics: { location: { path: string } }[] };
    return new Set(report.diagnostics.map((diagnostic) => path.posix.normalize(diagnostic.location.path)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('the layering rule of the linter', () => {
  let refused: Set<string>;

  before(async function () {
    this.timeout(70_000);
    refused = await lintProbes();
  });

  for (const [file, specifier, allowed] of arrows) {
    const importer = file.replace(/\/probe\d+/, '/…');
    it(`${allowed ? 'lets' : 'keeps'} ${importer} ${allowed ? 'import' : 'from importing'} ${specifier}`, () => {
      assert.equal(refused.has(file), !allowed);
    });
  }
});
