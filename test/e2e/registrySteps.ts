import assert from 'node:assert/strict';
import type { Product } from '../support/e2e/product.ts';
import {
  type FaultServer,
  replyError,
  replyJson,
  startFaultServer,
} from '../support/registryFaults/faultServer.ts';
import { untilSeen } from '../support/vscode/untilSeen.ts';

const ann = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
const answerTimeout = 60_000;

/** Connecting registries and browsing them, as a person does it; the product is open when a test runs. */
export function registryTests(world: () => { readonly product: Product }): void {
  describe('the Registries view', () => {
    let metered: FaultServer;
    let locked: FaultServer;
    let hostile: FaultServer;

    before(async () => {
      metered = await startFaultServer((_, response) =>
        replyJson(
          response,
          200,
          { repositories: ['acme/metered'], tags: ['1.9', '1.10'] },
          { 'RateLimit-Limit': '100;w=21600', 'RateLimit-Remaining': '76;w=21600' },
        ),
      );
      locked = await startFaultServer(({ headers }, response) =>
        headers.authorization === ann
          ? replyJson(response, 200, { repositories: ['private/app'] })
          : replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Basic realm="x"' }),
      );
      const mediaType = '[Sign in again](command:workbench.action.closeWindow)';
      hostile = await startFaultServer((_, response) =>
        replyJson(
          response,
          200,
          { schemaVersion: 2, mediaType, config: {}, layers: [] },
          { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' },
        ),
      );
    });
    after(async () => {
      await hostile[Symbol.asyncDispose]();
      await metered[Symbol.asyncDispose]();
      await locked[Symbol.asyncDispose]();
    });

    it('shows what a registry says in a message as text alone, with no link that runs a command', async () => {
      const { workbench, page } = world().product;
      await workbench.runCommand('Strata: Show Referrers…');
      await workbench.prompt('Show Referrers').answer(`${hostile.host}/acme/app:1`);
      const message = page.locator('.notification-list-item-message');
      await message.filter({ hasText: 'Sign in again' }).waitFor({ timeout: answerTimeout });
      assert.equal(await message.locator('a').count(), 0);
      await workbench.runCommand('Notifications: Clear All Notifications');
    });

    const view = () => world().product.workbench.tree('Registries');

    async function connect(host: string): Promise<void> {
      const { workbench } = world().product;
      await workbench.runCommand('Strata: Connect Registry…');
      const prompt = workbench.prompt('Connect Registry');
      await prompt.row('Another Registry…').click();
      await prompt.answer(host);
    }

    /** Strata unfolds it too, once it is connected: who does so in the same moment folds it again. */
    async function unfold(host: string, repository: string): Promise<void> {
      const listed = world()
        .product.page.locator('.sidebar .monaco-list-row')
        .filter({ hasText: repository });
      await untilSeen(listed, () => view().expand(host), 10_000);
    }

    it('connects an open registry, and tells at its row how many pulls are left', async () => {
      const { product } = world();
      await connect(metered.host);
      await unfold(metered.host, 'acme/metered');
      await view().expand('acme/metered');
      await view().row('1.10');
      await product.tooltipShows(await view().row(metered.host), /76 of 100 pulls left/);
      await product.screenshot('registries');
    });

    it('asks for a sign-in where the registry wants one, and lists what the person may see', async () => {
      const { product } = world();
      await connect(locked.host);
      const prompt = product.workbench.prompt('Sign In to Registry');
      await prompt.type('ann');
      await prompt.press('Enter');
      const password = prompt.widget.locator('input[type="password"]');
      await password.waitFor({ timeout: answerTimeout });
      await password.fill('secret');
      await product.screenshot('registry-password');
      await password.press('Enter');
      await unfold(locked.host, 'private/app');
      await product.screenshot('registry-signed-in');
    });
  });
}
