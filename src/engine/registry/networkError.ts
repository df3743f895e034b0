import { EngineError, isEngineError } from '../errors.ts';
import { registryOfHost } from './hosts.ts';

export function timedOut(host: string, milliseconds: number): EngineError {
  return new EngineError('TimedOut', `${host} sent nothing for ${milliseconds / 1000} s`, {
    registry: registryOfHost(host),
  });
}

/** The code of a lookup that refuses an address: the layers between keep nothing of an error but its code. */
export const refusedAddressCode = 'EADDRESSREFUSED';

/**
 * A failure below HTTP, as `Offline` (or `Insecure` where the address is refused). The cause keeps the system's code
 * alone: messages of the layers below hold whole URLs, and signed ones are secrets.
 */
export function networkError(error: unknown, host: string): EngineError {
  if (isEngineError(error)) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === refusedAddressCode) return refusedAddress(host, 'it leads to an address that is not public');
  const cause = Object.assign(new Error(code ?? 'connection failed'), { code });
  const facts = { registry: registryOfHost(host) };
  return new EngineError('Offline', `cannot reach ${host}: ${text(code)}`, facts, cause);
}

export function refusedAddress(host: string, why: string): EngineError {
  const facts = { registry: registryOfHost(host) };
  return new EngineError('Insecure', `refused to connect to ${host}: ${why}`, facts);
}

/** Whether the connection was there, and broke. */
export function hasBrokenOff(error: unknown): boolean {
  return isEngineError(error, 'Offline') && error.cause instanceof Error && isBreak(networkCode(error));
}

function isBreak(code: string | undefined): boolean {
  return code === undefined || texts[code] === broken;
}

/** The system's code behind an error of {@link networkError}. */
export function networkCode(error: unknown): string | undefined {
  if (!isEngineError(error, 'Offline')) return undefined;
  return (error.cause as NodeJS.ErrnoException | undefined)?.code;
}

function text(code: string | undefined): string {
  if (code === undefined) return 'the connection failed';
  return (
    texts[code] ?? (isCertificateCode(code) ? `its certificate is not trusted (${code})` : tlsText(code))
  );
}

function tlsText(code: string): string {
  return code === 'EPROTO' || code.startsWith('ERR_SSL') ? `it does not speak TLS (${code})` : code;
}

export function isCertificateCode(code: string): boolean {
  return /CERT|ERR_TLS_|UNABLE_TO_/.test(code);
}

const broken = 'the connection was broken';

const texts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: broken,
  ERR_STREAM_PREMATURE_CLOSE: broken,
  EPIPE: broken,
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name could not be resolved',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain is self-signed and not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};
