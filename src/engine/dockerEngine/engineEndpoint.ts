import type { EngineAddress } from './engineAddress.ts';

/** PEM files; those that do not exist are absent. */
export interface EngineTlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface EngineTls extends EngineTlsFiles {
  /** Whether the engine must show a certificate that `ca` (or the system) vouches for. */
  readonly verify: boolean;
}

/** A Docker engine that can be asked. */
export interface EngineEndpoint {
  /** The context's name, `default`, `rootless` or `podman`: unique among those that are known. */
  readonly name: string;
  /** As it was written: `unix:///var/run/docker.sock`, `ssh://me@build.example`. */
  readonly host: string;
  readonly address: EngineAddress;
  readonly tls?: EngineTls;
}

/** An engine by its name, or why nothing can be said of it. */
export type KnownEngine =
  | { readonly name: string; readonly isCurrent: boolean; readonly endpoint: EngineEndpoint }
  | { readonly name: string; readonly isCurrent: boolean; readonly problem: unknown };
