import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { commands as ids } from '../../src/contributions.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { hoverAt, openFile, parts } from './world.ts';

const dockerfile = [
  'FROM acme/base:1.1',
  'RUN adduser -D -u 1000 web',
  'WORKDIR /srv/web',
  'RUN npm ci --omit=dev',
  'RUN rm -rf /root/.npm/_cacache',
  'COPY . .',
  '',
].join('\n');

describe('the wasted space of an image, beside its Dockerfile', () => {
  let registry: SampleRegistry;

  before(async () => {
    await parts();
    registry = await startSampleRegistry();
    await commands.executeCommand(ids.pull, { reference: `${registry.host}/acme/web:2.0.0` });
  });

  after(() => registry.close());

  it('is told at the line whose layer holds it, from when it is asked for until it is hidden', async () => {
    const document = await openFile('Dockerfile.waste', dockerfile);
    const hover = () => hoverAt(document, 'npm ci');
    assert.doesNotMatch(await hover(), /wasted/);
    await commands.executeCommand(ids.showWastedSpace, { reference: `${registry.host}/acme/web:2.0.0` });
    const text = await hover();
    assert.match(text, /wasted/);
    assert.match(text, /toolkit/);
    assert.match(text, /removed in line 5/);
    assert.match(await hoverAt(document, 'acme/base'), /base image/);
    assert.doesNotMatch(await hoverAt(document, 'WORKDIR'), /wasted/);
    await commands.executeCommand(ids.hideWastedSpace);
    assert.doesNotMatch(await hover(), /wasted/);
  });
});
