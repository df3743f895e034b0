import assert from 'node:assert/strict';
import { exportName, numberedName } from '../../../src/ui/imageFileSystem/exportName.ts';

describe('the name of an export', () => {
  const names: readonly (readonly [name: string, path: string, expected: string])[] = [
    ['web:2.0.0', '/', 'web-2.0.0'],
    ['web:2.0.0 #3', '/', 'web-2.0.0-layer-3'],
    ['web:2.0.0 linux-arm64', '/', 'web-2.0.0-linux-arm64'],
    ['web:2.0.0', '/etc/os-release', 'os-release'],
    ['web:2.0.0', '/usr/share/Änderungen.txt', 'Änderungen.txt'],
    ['web:2.0.0', '/odd/a\\b:c*', 'a-b-c-'],
    ['web:2.0.0', '/odd/caf\udce9', 'caf-'],
    ['web:2.0.0', '/odd/...', 'export'],
    ['web:2.0.0', '/odd/\u202egnp.exe', '-gnp.exe'],
  ];
  for (const [name, path, expected] of names) {
    it(`of ${JSON.stringify(path)} of ${name} is ${expected}`, () => {
      assert.equal(exportName({ name, path }), expected);
    });
  }

  it('has a number before its ending where it is taken', () => {
    assert.equal(numberedName('notes.txt', 2), 'notes (2).txt');
    assert.equal(numberedName('web-2.0.0', 3), 'web-2.0.0 (3)');
    assert.equal(numberedName('.bashrc', 2), '.bashrc (2)');
  });
});
