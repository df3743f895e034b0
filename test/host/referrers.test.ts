import assert from 'node:assert/strict';
import { commands, languages, window } from 'vscode';
import { commands as ids, imageTextScheme } from '../../src/contributions.ts';
import type { ImageEngine } from '../../src/engine/imageEngine.ts';
import { plainDescriptor } from '../../src/engine/oci/descriptor.ts';
import { parseReference } from '../../src/engine/oci/reference.ts';
import { fillRegistry } from '../support/fillRegistry.ts';
import { blob, withoutIndex } from '../support/sampleRegistry/imageBuilder.ts';
import { artifact } from '../support/sampleRegistry/sampleAttestation.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { asPerson } from './person.ts';
import { eventually, hoverAt, openFile, otherEngine, parts, row } from './world.ts';

describe('the referrers of an image', () => {
  let registry: SampleRegistry;
  let engine: ImageEngine;

  before(async () => {
    registry = await startSampleRegistry();
    engine = otherEngine();
  });
  after(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await engine?.[Symbol.asyncDispose]();
    await registry?.close();
  });

  const named = (name: string) => ({ reference: `${registry.host}/acme/${name}` });
  const show = (argument: unknown, pick?: string, pickOfList?: string) =>
    asPerson({ ...(pick !== undefined && { pick }), ...(pickOfList !== undefined && { pickOfList }) }, () =>
      commands.executeCommand(ids.showReferrers, argument),
    );

  async function shownText(title: RegExp): Promise<{ text: string; language: string }> {
    return eventually(async () => {
      const document = window.activeTextEditor?.document;
      if (document?.uri.scheme !== imageTextScheme || !title.test(document.uri.path)) return undefined;
      return { text: document.getText(), language: document.languageId };
    }, `the document ${title.source}`);
  }

  it('are listed by kind, with platform and type', async () => {
    const { lists } = await show(named('api:1.0.0'));
    const labels = lists[0]?.items.map(({ label }) => label);
    assert.deepEqual(labels, ['Signature', 'SBOM', 'Attestation', 'Attestation', 'Attestation']);
    const facts = lists[0]?.items.map(({ description }) => description).join('\n') ?? '';
    assert.match(facts, /linux\/arm64/);
    assert.match(facts, /application\/spdx\+json/);
  });

  it('open as documents', async () => {
    await show(named('api:1.0.0'), 'SBOM');
    const { text, language } = await shownText(/\/acme\/api:1\.0\.0 \(SBOM [0-9a-f]{12}\)\.json$/);
    assert.equal(language, 'json');
    assert.match(text, /^\{\n {2}"spdxVersion": "SPDX-2\.3"/);
    assert.ok((await languages.getLanguages()).includes(language));
  });

  it('lead to their manifest where a document is no text', async () => {
    const subject = await engine.resolve(parseReference(named('agent:6.0').reference));
    const binary = artifact(blob('application/octet-stream', Buffer.from([0, 1, 2])), {
      artifactType: 'application/vnd.example.binary',
      subject: plainDescriptor(subject),
    });
    await fillRegistry(registry.host, [{ repository: 'acme/agent', tags: [], image: withoutIndex(binary) }]);
    const { messages } = await asPerson({ pickOfList: 'Artifact', press: 'Show Manifest' }, () =>
      commands.executeCommand(ids.showReferrers, named('agent:6.0')),
    );
    assert.match(messages[0]?.text ?? '', /is no text/);
    const { text } = await shownText(/\/acme\/agent:6\.0 \(Manifest [0-9a-f]{12}\)\.json$/);
    assert.match(text, /"artifactType": "application\/vnd\.example\.binary"/);
  });

  it('are said to be none where there is none', async () => {
    const { lists } = await show(named('web:2.0.0'));
    assert.deepEqual(
      lists[0]?.items.map(({ label }) => label),
      ['Nothing: no signature, SBOM or attestation'],
    );
  });

  it('are told in one sentence where the image is not there', async () => {
    const { messages } = await show(named('api:nosuch'));
    assert.match(messages.map(({ text }) => text).join(), /was not found/);
  });

  it('of an image of the store are those of what was pulled', async () => {
    const { images: tree } = await parts();
    await commands.executeCommand(ids.pull, named('api:1.0.0'));
    const group = await eventually(async () => row(tree, 'acme/api').catch(() => undefined), 'the row');
    const { node } = await row(tree, '1.0.0', group.node);
    const { lists } = await show(node);
    assert.equal(lists[0]?.items.length, 5);
    assert.match(lists[0]?.title ?? '', /acme\/api@[0-9a-f]{12}$/);
  });

  it('can be asked for from a hover', async () => {
    const document = await openFile('Dockerfile', `FROM ${registry.host}/acme/api:1.0.0\n`);
    assert.match(await hoverAt(document, 'acme/api'), /\[Referrers\]\(command:strata\.showReferrers/);
  });
});
