import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Product } from '../support/e2e/product.ts';
import { settled } from '../support/e2e/settled.ts';
import {
  documentedTranscript,
  documentTranscript,
  transcriptOf,
  withoutAges,
} from '../support/e2e/transcript.ts';

/** Runs the sample workspace's script on the window's store, emptied first, and holds what it prints to the docs. */
export async function sessionAsDocumented(product: Product, host: string): Promise<void> {
  const at = (name: string) => path.join(product.workspace, name);
  await product.strata('image', 'prune', '--all', '--force');
  await product.workbench.runInTerminal(
    'clear; sh session.sh > printed.txt 2>&1; echo $? > code.txt; tail -40 printed.txt',
  );
  await settled(() => isThere(at('code.txt')), Boolean, 120_000);
  await product.screenshot('terminal');
  const transcript = transcriptOf(await readFile(at('printed.txt'), 'utf8'), host);
  assert.equal(await readFile(at('code.txt'), 'utf8'), '0\n', transcript);
  if (process.env.STRATA_UPDATE_TRANSCRIPT === '1') await documentTranscript(transcript);
  assert.deepEqual(withoutAges(transcript), withoutAges(await documentedTranscript()));
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
