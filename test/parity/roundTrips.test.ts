import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, runCommandLine } from '../support/commandLine.ts';
import { run } from '../support/realParts/command.ts';
import { type Dockerd, startDockerd } from '../support/realParts/dockerd.ts';
import { skopeo } from '../support/realParts/skopeo.ts';
import { requirePart } from '../support/requirePart.ts';
import { hasCommand } from '../support/running/command.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';

/** From the sample registry: several layers, shared ones, several compressions. */
const names = ['acme/web:1.4.0', 'acme/web:1.4.1', 'acme/cron:latest'];

/** What an archive says of its images, whoever wrote it. */
interface Facts {
  readonly id: string;
  readonly diffIds: readonly string[];
}

describe('an archive going round', function () {
  this.timeout(180_000);
  let registry: SampleRegistry;
  let docker: Dockerd;
  let folder: string;
  let facts: Map<string, Facts>;
  let stores = 0;

  const path = (name: string) => join(folder, name);
  const reference = (name: string) => `${registry.host}/${name}`;
  const references = () => names.map(reference);

  before(async () => {
    registry = await startSampleRegistry();
    docker = await startDockerd();
    folder = await mkdtemp(join(tmpdir(), 'strata-round-'));
    await strata('first', 'pull', ...references());
    facts = await factsInStore('first');
    await strata('first', 'save', '-o', path('strata.tar'), ...references());
  });

  after(async () => {
    await docker?.close();
    await registry?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function strata(store: string, ...operands: string[]): Promise<CommandResult> {
    const result = await runCommandLine(['--store', path(store), ...operands], { timeLimit: 60_000 });
    assert.equal(result.code, 0, result.stderr);
    return result;
  }

  async function factsInStore(store: string, wanted = references()): Promise<Map<string, Facts>> {
    const { stdout } = await strata(store, 'image', 'inspect', ...wanted);
    return factsOf(JSON.parse(stdout));
  }

  function factsOf(
    documents: { Id: string; RepoTags: string[]; RootFS: { Layers: string[] } }[],
  ): Map<string, Facts> {
    return new Map(
      documents.flatMap(({ Id, RepoTags, RootFS }) =>
        RepoTags.map((tag): [string, Facts] => [tag, { id: Id, diffIds: RootFS.Layers }]),
      ),
    );
  }

  /** Loads the archive into a fresh store, which must be sound afterwards. */
  async function load(archive: string): Promise<string> {
    const store = `store${stores++}`;
    await strata(store, 'load', '-i', path(archive));
    await strata(store, 'store', 'verify');
    return store;
  }

  it('from Strata to Docker and back: the same IDs and diffIds', async () => {
    const loaded = await docker.docker(['load', '-i', path('strata.tar')]);
    for (const name of references()) assert.match(loaded, new RegExp(`^Loaded image: ${name}$`, 'm'));
    assert.deepEqual(factsOf(JSON.parse(await docker.docker(['image', 'inspect', ...references()]))), facts);
    await docker.docker(['save', '-o', path('docker.tar'), ...references()]);
    const store = await load('docker.tar');
    assert.deepEqual(await factsInStore(store), facts);
    await strata(store, 'save', '-o', path('again.tar'), ...references());
    await run('cmp', [path('strata.tar'), path('again.tar')]);
  });

  const packings = [
    { packing: 'gzip', file: 'docker.tar.gz', command: ['gzip', '--keep'] },
    { packing: 'zstd', file: 'docker.tar.zst', command: ['zstd', '--quiet'] },
  ];
  for (const {
    packing,
    file,
    command: [command = '', ...options],
  } of packings) {
    it(`from Docker, packed with ${packing}`, async function () {
      requirePart(this, command, hasCommand(command));
      await run(command, [...options, path('docker.tar')]);
      assert.deepEqual(await factsInStore(await load(file)), facts);
    });
  }

  it('from Strata to a registry and from there to Docker: the same ID and the same digest', async () => {
    for (const name of references()) {
      const pushed = name.replace('/acme/', '/round/');
      await strata('first', 'tag', name, pushed);
      const { stdout } = await strata('first', 'push', pushed);
      const digest = /digest: (sha256:[0-9a-f]{64}) size: \d+$/m.exec(stdout)?.[1];
      assert.ok(digest, stdout);
      const byDigest = `${pushed.replace(/:[^:/]*$/, '')}@${digest}`;
      await docker.docker(['pull', byDigest]);
      const [row] = JSON.parse(await docker.docker(['image', 'inspect', byDigest]));
      assert.equal(row.Id, facts.get(name)?.id);
      assert.deepEqual(row.RootFS.Layers, facts.get(name)?.diffIds);
      assert.ok(row.RepoDigests.includes(byDigest), row.RepoDigests.join());
      const [own] = JSON.parse((await strata('first', 'image', 'inspect', pushed)).stdout);
      assert.ok(own.RepoDigests.includes(byDigest), own.RepoDigests.join());
    }
  });

  it('from Strata to skopeo: every image is read as it is', async () => {
    for (const [name, { id, diffIds }] of facts) {
      const source = `docker-archive:${path('strata.tar')}:${name}`;
      const config = JSON.parse(await skopeo(['inspect', '--config', source]));
      assert.deepEqual(config.rootfs.diff_ids, diffIds);
      const { config: descriptor } = JSON.parse(await skopeo(['inspect', '--raw', source]));
      assert.equal(descriptor.digest, id);
    }
  });

  it('from Strata to skopeo as an OCI archive: every digest stays', async () => {
    const [name = ''] = references();
    await strata('first', 'save', '--format', 'oci-archive', '-o', path('oci.tar'), name);
    const [row] = JSON.parse((await strata('first', 'image', 'inspect', name)).stdout);
    const source = `oci-archive:${path('oci.tar')}:${name}`;
    const config = JSON.parse(await skopeo(['inspect', '--config', source]));
    assert.deepEqual(config.rootfs.diff_ids, row.RootFS.Layers);
    const raw = JSON.parse(await skopeo(['inspect', '--raw', source]));
    assert.equal(raw.config.digest, row.Id);
  });

  it('from Strata to podman and back', async function () {
    requirePart(this, 'podman', hasCommand('podman'));
    const podman = (...operands: string[]) =>
      run('podman', [
        '--root',
        path('podman'),
        '--runroot',
        path('podman-run'),
        '--storage-driver',
        'vfs',
        ...operands,
      ]);
    await podman('load', '-q', '-i', path('strata.tar'));
    const [name = ''] = references();
    for (const format of ['docker-archive', 'oci-archive']) {
      await podman('save', '-q', '--format', format, '-o', path(`podman-${format}.tar`), name);
      const found = await factsInStore(await load(`podman-${format}.tar`), [name]);
      assert.deepEqual(found.get(name)?.diffIds, facts.get(name)?.diffIds);
      if (format === 'docker-archive') assert.equal(found.get(name)?.id, facts.get(name)?.id);
    }
  });

  const skopeoArchives = [
    { kind: 'docker-archive', file: 'skopeo-docker.tar' },
    { kind: 'oci-archive', file: 'skopeo-oci.tar' },
  ];
  for (const { kind, file } of skopeoArchives) {
    it(`from skopeo, as ${kind}`, async () => {
      const [name = ''] = references();
      await skopeo([
        'copy',
        '-q',
        '--src-tls-verify=false',
        `docker://${name}`,
        `${kind}:${path(file)}:${name}`,
      ]);
      const found = await factsInStore(await load(file), [name]);
      assert.deepEqual(found.get(name)?.diffIds, facts.get(name)?.diffIds);
      const { stdout } = await strata('none', 'layers', '--json', `${kind}:${path(file)}:${name}`);
      const diffIds = stdout
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row).diffId);
      assert.deepEqual(
        diffIds.filter((diffId) => diffId !== null),
        facts.get(name)?.diffIds,
      );
    });
  }
});
