import type http from 'node:http';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { ProxiedOptions, Proxies } from './agents.ts';
import { proxyFromEnvironment } from './proxyEnvironment.ts';

/** Requests through the proxies that the environment names; `undefined` where it names none. */
export function environmentProxies(environment: NodeJS.ProcessEnv): Proxies | undefined {
  const choose = proxyFromEnvironment(environment);
  return choose && { choose, agent: proxyAgent };
}

function proxyAgent(proxy: URL, url: URL, options: ProxiedOptions): http.Agent {
  // The library's types are those of another version of Node's.
  if (url.protocol === 'http:') return new HttpProxyAgent(proxy, options) as http.Agent;
  const agent = new HttpsProxyAgent(proxy, options);
  // The library takes its options for the way to the proxy alone.
  Object.assign(agent.options, { rejectUnauthorized: options.rejectUnauthorized });
  return agent as http.Agent;
}
