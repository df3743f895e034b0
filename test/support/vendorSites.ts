import type { Credentials } from '../../src/engine/registry/credentials.ts';
import { environmentProxies } from '../../src/engine/registry/proxies.ts';
import type { RegistryClient } from '../../src/engine/registry/registryClient.ts';
import { startConnectProxy } from './dockerHub/connectProxy.ts';
import { makeCertificate } from './registryFaults/certificate.ts';
import { type FaultHandler, type FaultServer, startFaultServer } from './registryFaults/faultServer.ts';
import { testClient } from './registryFaults/testClient.ts';

/** Sites of the world by their own names, answered on loopback: the way there is a proxy. */
export interface VendorSites extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly proxy: string;
  /** What was asked, of whichever site: its name is in the `Host` header. */
  readonly requests: FaultServer['requests'];
  /** `HOST:PORT` of every tunnel asked for. */
  readonly tunnels: readonly string[];
  /** A client that is led here, with credentials by host. */
  client(signIns?: Readonly<Record<string, Credentials>>): RegistryClient;
}

/** @param hosts whose tunnels lead to the handler; others are refused */
export async function startVendorSites(
  hosts: readonly string[],
  handler: FaultHandler,
): Promise<VendorSites> {
  const server = await startFaultServer(handler, { certificate: await makeCertificate() });
  const proxy = await startConnectProxy(hosts, Number(new URL(server.origin).port));
  const proxies = await environmentProxies({ HTTPS_PROXY: proxy.url });
  return {
    proxy: proxy.url,
    requests: server.requests,
    tunnels: proxy.asked,
    client: (signIns = {}) =>
      testClient({ proxies, insecureRegistries: hosts, credentials: async (registry) => signIns[registry] }),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
