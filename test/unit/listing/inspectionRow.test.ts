import assert from 'node:assert/strict';
import { inspectionRow } from '../../../src/engine/listing/inspectionRow.ts';
import { containerConfigDocument } from '../../../src/engine/oci/containerConfigDocument.ts';
import { asObject } from '../../../src/engine/oci/json.ts';

const document = {
  Id: 'sha256:1',
  RepoTags: ['a:1'],
  Parent: '',
  Comment: 'none',
  ContainerConfig: null,
  Config: containerConfigDocument(
    { Env: ['EMPTY='], Labels: { blank: '' }, Healthcheck: { Test: ['NONE'] }, WorkingDir: '/srv' },
    'config',
  ),
  Os: 'linux',
  RootFS: { Type: 'layers' },
};

describe('an image’s document as a row', () => {
  it('has null for what has no value, whether Docker writes an empty text or nothing', () => {
    const row = inspectionRow(document);
    assert.deepEqual([row.Parent, row.Variant, row.OsVersion, row.ContainerConfig], [null, null, null, null]);
    assert.deepEqual(row.RootFS, { Layers: null, Type: 'layers' });
    const config = asObject(row.Config, 'Config');
    assert.deepEqual(
      [config.Hostname, config.StopSignal, config.ExposedPorts, config.Cmd],
      [null, null, null, null],
    );
    assert.deepEqual(config.Healthcheck, {
      Test: ['NONE'],
      Interval: null,
      Timeout: null,
      StartPeriod: null,
      Retries: null,
    });
  });

  it('keeps what has one', () => {
    const row = inspectionRow({ ...document, Variant: 'v8' });
    assert.deepEqual([row.Id, row.Comment, row.Os, row.Variant], ['sha256:1', 'none', 'linux', 'v8']);
    const config = asObject(row.Config, 'Config');
    assert.deepEqual(
      [config.WorkingDir, config.Tty, config.Env, config.Labels],
      ['/srv', false, ['EMPTY='], { blank: '' }],
    );
  });

  it('is the same object shape for an image without a config', () => {
    const { Config: _, ...bare } = document;
    assert.equal(inspectionRow(bare).Config, null);
  });
});
