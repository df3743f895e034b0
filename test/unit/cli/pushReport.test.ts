import assert from 'node:assert/strict';
import { copyTarget } from '../../../src/cli/imageCopyVerb.ts';
import { PushReport } from '../../../src/cli/pushReport.ts';
import { plainView } from '../../../src/cli/transferView.ts';
import type { StoredImage } from '../../../src/engine/image.ts';
import { repositoryTags } from '../../../src/engine/images/repositoryTags.ts';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestOf, shortDigest } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import {
  canonicalReference,
  parseName,
  parseReference,
  withDigest,
  withTag,
} from '../../../src/engine/oci/reference.ts';
import type { PushEvent } from '../../../src/engine/transfer/pushEvent.ts';

type LayerEvent = Extract<PushEvent, { kind: 'layer' }>;

const reference = parseReference('127.0.0.1:5000/acme/web:1');
const layers = ['a', 'b'].map(
  (name): Descriptor => ({ mediaType: mediaType.ociLayerGzip, digest: digestOf(name), size: 2000 }),
);
const [lower, upper] = layers;
assert.ok(lower && upper);
const diffIds = [digestOf('diff a'), digestOf('diff b')];
const manifest: Descriptor = { mediaType: mediaType.ociManifest, digest: digestOf('manifest'), size: 1 };

function told(events: readonly Partial<LayerEvent>[], known = true): string[] {
  const lines: string[] = [];
  const report = new PushReport(plainView((line) => lines.push(line)));
  report.resolved({ kind: 'resolved', reference, manifest, layers, ...(known && { diffIds }) });
  for (const event of events) {
    report.layer({
      kind: 'layer',
      reference,
      layer: upper as Descriptor,
      state: 'exists',
      sent: 0,
      ...event,
    });
  }
  return lines;
}

describe('a push, told in Docker’s words', () => {
  const [lowerName, upperName] = diffIds.map(shortDigest);

  it('announces layers from the top one down, by their diffIds', () => {
    assert.deepEqual(told([]), [`${upperName}: Preparing`, `${lowerName}: Preparing`]);
  });

  it('names layers by their digests where it knows no diffIds', () => {
    assert.deepEqual(
      told([], false),
      layers.map(({ digest }) => `${shortDigest(digest)}: Preparing`).reverse(),
    );
  });

  const states = [
    [{ state: 'waiting' }, 'Waiting'],
    [{ state: 'complete' }, 'Pushed'],
    [{ state: 'exists' }, 'Layer already exists'],
    [{ state: 'mounted', from: 'acme/base' }, 'Mounted from acme/base'],
    [{ state: 'skipped' }, 'Skipped foreign layer'],
  ] as const;
  for (const [event, text] of states) {
    it(`says "${text}" of a layer that is ${event.state}`, () => {
      assert.equal(told([event]).at(-1), `${upperName}: ${text}`);
    });
  }

  it('counts no bytes where nobody watches', () => {
    assert.equal(told([{ state: 'uploading', sent: 1000 }]).length, 2);
  });
});

describe('the tags that push -a pushes', () => {
  const image = (names: readonly string[], digests: readonly string[] = []): StoredImage => ({
    id: digestOf('id'),
    manifest,
    tags: names.map((name) => withTag(parseReference(name), parseReference(name).tag ?? 'latest')),
    repoDigests: digests.map((name) => withDigest(parseName(name), digestOf(name))),
    platform: { os: 'linux', architecture: 'amd64' },
    size: 1,
  });
  const images = [image(['acme/web:2', 'acme/webx:1', 'acme/web:10']), image(['acme/web:1'], ['acme/old'])];
  const tagsOf = (name: string) => repositoryTags(images, parseName(name)).map(canonicalReference);

  it('are those of the repository, in the order of their text', () => {
    const expected = ['1', '10', '2'].map((tag) => `docker.io/acme/web:${tag}`);
    assert.deepEqual(tagsOf('acme/web'), expected);
  });

  for (const [name, message] of [
    ['acme/none', 'An image does not exist locally with the tag: acme/none'],
    ['acme/old', 'no tags to push for acme/old'],
  ] as const) {
    it(`are missed in Docker's words: ${message}`, () => {
      assert.throws(() => tagsOf(name), { reason: 'NotFound', message });
    });
  }
});

describe('where a copy goes', () => {
  const digest = digestOf('x');
  for (const [source, target, expected] of [
    ['a.example/x:1', 'b.example/y:2', 'b.example/y:2'],
    ['a.example/x:1', 'b.example/y', 'b.example/y:1'],
    ['a.example/x', 'b.example/y', 'b.example/y:latest'],
    [`a.example/x@${digest}`, 'b.example/y', 'b.example/y'],
    [`a.example/x:1@${digest}`, 'b.example/y', 'b.example/y:1'],
    [`a.example/x@${digest}`, 'b.example/y:2', 'b.example/y:2'],
  ] as const) {
    it(`is ${expected} for ${source.replace(digest, 'DIGEST')} to ${target}`, () => {
      assert.equal(canonicalReference(copyTarget(parseReference(source), parseName(target))), expected);
    });
  }

  it('is never a digest, which the bytes decide', () => {
    const target = parseName(`b.example/y@${digest}`);
    assert.throws(() => copyTarget(parseReference('a.example/x'), target), { reason: 'Invalid' });
  });
});
