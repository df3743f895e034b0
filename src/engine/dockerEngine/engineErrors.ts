import { EngineError, isEngineError, type Reason } from '../errors.ts';

/** What an engine's answer means. https://docs.docker.com/reference/api/engine/version/v1.47/#section/Errors */
const reasons: Readonly<Record<number, Reason>> = {
  400: 'Invalid',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  501: 'Unsupported',
};

/** @param message the engine's own; it is foreign text */
export function engineFailure(engine: string, status: number, message: string): EngineError {
  const text = message.trim() || `the Docker engine ${engine} answered with status ${status}`;
  return new EngineError(reasons[status] ?? 'RegistryError', text, { engine, status });
}

/** A connection that could not be made, or broke. */
export function engineUnreachable(engine: string, error: unknown): EngineError {
  if (isEngineError(error)) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const text = `cannot reach the Docker engine ${engine}: ${codeText(code)}`;
  return new EngineError('Offline', text, { engine }, error);
}

export function engineSilent(engine: string, milliseconds: number): EngineError {
  const text = `the Docker engine ${engine} sent nothing for ${milliseconds / 1000} s`;
  return new EngineError('TimedOut', text, { engine });
}

/** What the engine sent cannot be what the API says. */
export function engineNonsense(engine: string, error: unknown): EngineError {
  if (!isEngineError(error, 'Corrupt', 'Invalid')) throw error;
  const text = `the Docker engine ${engine} answered with something else than its API says: ${error.message}`;
  return new EngineError('RegistryError', text, { engine }, error);
}

function codeText(code: string | undefined): string {
  if (code === undefined) return 'the connection was broken';
  return (
    texts[code] ?? (/CERT|ERR_TLS_|UNABLE_TO_/.test(code) ? `its certificate is not trusted (${code})` : code)
  );
}

const texts: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket; is the engine running?',
  ECONNREFUSED: 'connection refused; is the engine running?',
  EACCES: 'permission denied; is this user in the group "docker"?',
  ECONNRESET: 'the connection was broken',
  EPIPE: 'the connection was broken',
  EPROTO: 'it does not speak TLS',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name could not be resolved',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP',
};
