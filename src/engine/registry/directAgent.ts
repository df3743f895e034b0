import http from 'node:http';
import https from 'node:https';

/** Node's own agent for the protocol. In a file of its own, which is loaded with `http` once something is sent. */
export function directAgent({ protocol }: URL, options: https.AgentOptions): http.Agent {
  return protocol === 'http:' ? new http.Agent(options) : new https.Agent(options);
}
