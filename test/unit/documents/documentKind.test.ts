import assert from 'node:assert/strict';
import { documentKindOf } from '../../../src/documents/documentKind.ts';
import { findMentions } from '../../../src/documents/findMentions.ts';
import { LineMap } from '../../../src/documents/lineMap.ts';
import { scanRow } from '../../../src/documents/scan.ts';

describe('The kind of a file', () => {
  const kinds: Record<string, string[]> = {
    dockerfile: [
      'Dockerfile',
      'dockerfile',
      'a/b/Dockerfile',
      'Dockerfile.dev',
      'Dockerfile-dev',
      'web.Dockerfile',
      'x.dockerfile',
      'Containerfile',
      'Containerfile.ubi',
      'C:\\src\\Dockerfile',
    ],
    compose: [
      'compose.yaml',
      'compose.yml',
      'docker-compose.yml',
      'docker-compose.override.yaml',
      'compose.prod.yaml',
      'docker-compose-dev.yml',
    ],
    workflow: [
      '.github/workflows/ci.yml',
      'x/.github/workflows/a.yaml',
      '.gitea/workflows/a.yml',
      'action.yml',
      'actions/build/action.yaml',
    ],
    gitlab: ['.gitlab-ci.yml', 'ci/build.gitlab-ci.yml'],
    devcontainer: [
      '.devcontainer.json',
      '.devcontainer/devcontainer.json',
      '.devcontainer/go/devcontainer.json',
    ],
    bake: ['docker-bake.hcl', 'docker-bake.json', 'docker-bake.override.hcl'],
    kubernetes: ['deploy.yaml', 'k8s/pod.yml', '.github/dependabot.yml', 'workflows/ci.yml'],
  };
  for (const [kind, paths] of Object.entries(kinds)) {
    for (const path of paths) it(`${path} is ${kind}`, () => assert.equal(documentKindOf(path), kind));
  }

  for (const path of [
    '',
    'README.md',
    'Dockerfile.dockerignore',
    '.dockerignore',
    'dockerfiles/x',
    'devcontainer.json',
    'bake.hcl',
    'compose.json',
    'MyDockerfile',
    'package.json',
    'x.yaml.bak',
  ]) {
    it(`${path || '(none)'} is none`, () => assert.equal(documentKindOf(path), undefined));
  }

  it('may be the editor’s where the path says nothing', () => {
    assert.equal(documentKindOf('Untitled-1', 'dockerfile'), 'dockerfile');
    assert.equal(documentKindOf('Untitled-1', 'dockercompose'), 'compose');
    assert.equal(documentKindOf('Untitled-1', 'plaintext'), undefined);
    assert.equal(documentKindOf('compose.yaml', 'yaml'), 'compose');
  });
});

describe('A scan row', () => {
  it('has every field, null where there is no value', () => {
    const [first, second] = findMentions('dockerfile', 'FROM --platform=linux/arm64 alpine AS x\nFROM x');
    assert.ok(first && second);
    assert.deepEqual(scanRow('Dockerfile', first), {
      file: 'Dockerfile',
      kind: 'dockerfile',
      text: 'alpine',
      range: { start: { line: 0, character: 28 }, end: { line: 0, character: 34 } },
      reference: 'docker.io/library/alpine:latest',
      stage: 'x',
      platform: 'linux/arm64',
      reason: null,
    });
    assert.deepEqual(scanRow('a/Dockerfile', second), {
      file: 'a/Dockerfile',
      kind: 'dockerfile',
      text: 'x',
      range: { start: { line: 1, character: 5 }, end: { line: 1, character: 6 } },
      reference: null,
      stage: null,
      platform: null,
      reason: 'stage',
    });
  });
});

describe('Lines and columns', () => {
  it('go to offsets and back, whatever ends a line', () => {
    const text = 'a\nbc\r\nd\re\n\r\n𝒳f';
    const lines = new LineMap(text);
    for (let offset = 0; offset <= text.length; offset++) {
      assert.equal(lines.offsetAt(lines.positionAt(offset)), offset);
    }
    assert.deepEqual(lines.positionAt(text.length), { line: 5, character: 3 });
    assert.equal(lines.offsetAt({ line: 99, character: 9 }), text.length);
    assert.equal(lines.slice({ start: { line: 1, character: 0 }, end: { line: 1, character: 2 } }), 'bc');
  });
});
