import type { Product } from '../support/e2e/product.ts';
import {
  type FaultServer,
  replyError,
  replyJson,
  startFaultServer,
} from '../support/registryFaults/faultServer.ts';

const ann = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
const answerTimeout = 60_000;

/** Connecting registries and browsing them, as a person does it; the product is open when a test runs. */
export function registryTests(world: () => { readonly product: Product }): void {
  describe('the Registries view', () => {
    let metered: FaultServer;
    let locked: FaultServer;

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
    });
    after(async () => {
      await metered[Symbol.asyncDispose]();
      await locked[Symbol.asyncDispose]();
    });

    const view = () => world().product.workbench.tree('Registries');

    async function connect(host: string): Promise<void> {
      const { workbench } = world().product;
      await workbench.runCommand('Strata: Connect Registry…');
      const prompt = workbench.prompt('Connect Registry');
      await prompt.row('Another Registry…').click();
      await prompt.answer(host);
    }

    it('connects an open registry, and tells at its row how many pulls are left', async () => {
      const { product } = world();
      await connect(metered.host);
      await view().expand(metered.host);
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
      await view().expand(locked.host);
      await view().row('private/app');
      await product.screenshot('registry-signed-in');
    });
  });
}
