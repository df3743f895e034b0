import type http from 'node:http';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { ProxiedOptions } from './agents.ts';

/** What speaks to the URL's host through the proxy. */
export function proxyAgent(proxy: URL, url: URL, options: ProxiedOptions): http.Agent {
  // The library's types are those of another version of Node's.
  if (url.protocol === 'http:') return new HttpProxyAgent(proxy, options) as http.Agent;
  const agent = new HttpsProxyAgent(proxy, options);
  // The library takes its options for the way to the proxy alone.
  Object.assign(agent.options, { rejectUnauthorized: options.rejectUnauthorized });
  return agent as http.Agent;
}
