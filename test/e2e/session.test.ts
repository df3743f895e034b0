import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Product } from '../support/e2e/product.ts';
import { settled } from '../support/e2e/settled.ts';
import {
  documentedTranscript,
  documentTranscript,
  transcriptOf,
  withoutAges,
} from '../support/e2e/transcript.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { prepareSampleWorkspace } from '../support/sampleWorkspace/prepare.ts';

describe('a session in VS Code’s terminal', function () {
  this.timeout(240_000);
  let registry: SampleRegistry;
  let product: Product;

  before(async () => {
    registry = await startSampleRegistry();
    product = await Product.open({
      name: 'session',
      fillWorkspace: (directory) => prepareSampleWorkspace({ host: registry.host, directory }),
    });
    await product.workbench.openViewContainer('Strata');
  });
  afterEach(async function () {
    await product.keepEvidence(this.currentTest);
  });
  after(async () => {
    await product?.[Symbol.asyncDispose]();
    await registry?.close();
  });

  it('tells the life of an image as the documentation has it', async () => {
    const at = (name: string) => path.join(product.workspace, name);
    await product.workbench.runInTerminal(
      'clear; sh session.sh > printed.txt 2>&1; echo $? > code.txt; tail -40 printed.txt',
    );
    await settled(() => isThere(at('code.txt')), Boolean, 120_000);
    await product.screenshot('terminal');
    const transcript = transcriptOf(await readFile(at('printed.txt'), 'utf8'), registry.host);
    assert.equal(await readFile(at('code.txt'), 'utf8'), '0\n', transcript);
    if (process.env.STRATA_UPDATE_TRANSCRIPT === '1') await documentTranscript(transcript);
    assert.deepEqual(withoutAges(transcript), withoutAges(await documentedTranscript()));
  });
});

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
