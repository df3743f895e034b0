import type { Proxies } from './agents.ts';
import { proxyFromEnvironment } from './proxyEnvironment.ts';

/** Requests through the proxies that the environment names; `undefined` where it names none. */
export async function environmentProxies(environment: NodeJS.ProcessEnv): Promise<Proxies | undefined> {
  const choose = proxyFromEnvironment(environment);
  if (!choose) return undefined;
  const { proxyAgent } = await import('./proxyAgent.ts');
  return { choose, agent: proxyAgent };
}
