import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationTarget, commands, workspace } from 'vscode';
import { commands as ids, settings } from '../../src/contributions.ts';
import type { ExtensionParts } from '../../src/extension.ts';
import { startFakeHarbor } from '../support/fakeHarbor.ts';
import { asPerson } from './person.ts';
import { eventually, parts, row, rows } from './world.ts';

const githubApi = 'api.github.com';

describe('a registry whose catalogue is closed', () => {
  let tree: ExtensionParts['registries'];

  before(async () => {
    ({ registries: tree } = await parts());
  });
  afterEach(() => change({ [settings.registries.id]: undefined }));

  async function change(values: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [id, value] of Object.entries(values))
      await workspace.getConfiguration().update(id, value, ConfigurationTarget.Global);
  }

  /** What is below the place's row, once somebody has answered. */
  const below = (place: string) =>
    eventually(async () => {
      const found = await rows(tree, (await row(tree, place)).node);
      return found.some(({ label }) => label.startsWith('Waiting for')) ? undefined : found;
    }, 'the answer of the registry');
  const labels = async (place: string) => (await below(place)).map(({ label }) => label);

  /** The person forgets again what was signed in to. */
  const signOut = (host: string) => asPerson({ pick: host }, () => commands.executeCommand(ids.signOut));

  it('is listed as a Harbor: what is public, and after a sign-in what the person may see', async () => {
    await using harbor = await startFakeHarbor({
      projects: {
        library: { isPublic: true, repositories: ['photon'] },
        ours: { repositories: ['app'], members: ['ann'] },
      },
      accounts: { ann: 'ann' },
    });
    await change({ [settings.registries.id]: [harbor.host] });
    assert.deepEqual(await labels(harbor.host), ['library/photon']);
    await asPerson({ type: 'ann' }, () => commands.executeCommand(ids.signIn, { registry: harbor.host }));
    try {
      assert.deepEqual(await labels(harbor.host), ['library/photon', 'ours/app']);
    } finally {
      await signOut(harbor.host);
    }
  });

  it('of GitHub’s is asked nothing before the person gave a token for GitHub’s API, knowing where it goes', async () => {
    await change({ [settings.registries.id]: ['ghcr.io/acme', 'ghcr.io/acme/app'] });
    const [offer, byName] = await below('ghcr.io/acme');
    assert.equal(offer?.label, 'Sign in…');
    assert.equal(offer.description, 'GitHub lists packages at api.github.com only, to a token for it');
    assert.deepEqual(byName?.item.command?.arguments, [{ place: 'ghcr.io/acme/' }]);
    assert.deepEqual(await labels('ghcr.io/acme/app'), ['acme/app'], 'it is a repository itself');

    const [argument] = offer.item.command?.arguments ?? [];
    const signIn = () => commands.executeCommand(ids.signIn, argument);
    const { inputs, picks } = await asPerson({}, signIn);
    assert.match(inputs[0]?.options.prompt ?? '', /it is sent to api\.github\.com alone/);
    assert.equal(picks.length, 0);
  });

  it('of GitHub’s passes its own token on to GitHub’s API only where the person says so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'strata-github-'));
    const before = process.env.DOCKER_CONFIG;
    process.env.DOCKER_CONFIG = directory;
    try {
      const auth = Buffer.from('ann:ghp_registry').toString('base64');
      await writeFile(join(directory, 'config.json'), JSON.stringify({ auths: { 'ghcr.io': { auth } } }));
      const left = await asPerson({}, () => commands.executeCommand(ids.signIn, { registry: githubApi }));
      const [choice] = left.picks;
      assert.deepEqual(
        choice?.items.map(({ label }) => label),
        ['Use the Token of ghcr.io', 'Another Token…'],
      );
      assert.match(choice.items[0]?.detail ?? '', /sent to api\.github\.com, GitHub’s own API/);
      assert.equal(left.inputs.length, 0);
      const { inputs } = await asPerson({ pick: 'Another Token' }, () =>
        commands.executeCommand(ids.signIn, { registry: githubApi }),
      );
      assert.equal(inputs[0]?.options.password, true);
    } finally {
      if (before === undefined) delete process.env.DOCKER_CONFIG;
      else process.env.DOCKER_CONFIG = before;
      await rm(directory, { recursive: true, force: true });
    }
  });
});
