import { spawn } from 'node:child_process';
import { limitText } from '../byteLimit.ts';
import { cancelled, EngineError } from '../errors.ts';
import { asObject, asString, parseJson } from '../oci/json.ts';
import type { Credentials } from './credentials.ts';

/** Milliseconds; a helper may have to wake a keychain but must not hang a pull for ever. */
const timeLimit = 20_000;
const maxOutput = 1024 * 1024;
const absence = /credentials not found in native keychain/i;

interface Output {
  readonly code: number | null;
  readonly text: string;
}

/**
 * Asks `docker-credential-NAME get`, with the server on its standard input.
 * https://github.com/docker/docker-credential-helpers#usage
 * @returns `undefined` where the helper knows nothing
 * @throws `Invalid` for a name that is no program's, `Io` where the helper is missing or fails, `TimedOut`, `Cancelled`
 */
export async function askCredentialHelper(
  name: string,
  server: string,
  signal?: AbortSignal,
): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw new EngineError(
      'Invalid',
      `${JSON.stringify(name.slice(0, 100))} is no name of a credential helper`,
    );
  }
  const program = `docker-credential-${name}`;
  const { code, text } = await run(program, server, signal);
  if (code === 0) return credentialsFrom(text, program);
  if (absence.test(text)) return undefined;
  // What it said is left out: nobody knows what a helper prints.
  throw new EngineError('Io', `${program} failed (${code === null ? 'killed' : `exit ${code}`})`);
}

function credentialsFrom(text: string, program: string): Credentials | undefined {
  const what = `the answer of ${program}`;
  const object = asObject(parseJson(text, what), what);
  const username = asString(object.Username, `${what}: Username`);
  const secret = asString(object.Secret, `${what}: Secret`);
  if (secret === '') return undefined;
  if (username === '<token>') return { kind: 'identityToken', token: secret };
  return username === '' ? undefined : { kind: 'password', username, password: secret };
}

function run(program: string, input: string, signal?: AbortSignal): Promise<Output> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled(signal));
    const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    const chunks: Buffer[] = [];
    let length = 0;
    const give = (error: EngineError) => {
      child.kill('SIGKILL');
      // A helper's own child may live on and hold the pipe; nobody listens to it any more.
      child.stdout.destroy();
      reject(error);
    };
    const onAbort = () => signal && give(cancelled(signal));
    const onTimeout = () =>
      give(new EngineError('TimedOut', `${program} did not answer within ${timeLimit / 1000} s`));
    const timer = setTimeout(onTimeout, timeLimit);
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (error) => {
      settle();
      reject(startError(program, error));
    });
    child.once('close', (code) => {
      settle();
      resolve({ code, text: Buffer.concat(chunks).toString('utf8') });
    });
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxOutput)
        give(new EngineError('TooLarge', `${program} printed more than ${limitText(maxOutput)}`));
      else chunks.push(chunk);
    });
    // It may exit without reading what it is told; its exit code says the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function startError(program: string, error: NodeJS.ErrnoException): EngineError {
  const text = error.code === 'ENOENT' ? 'is not installed' : `cannot be run (${error.code})`;
  return new EngineError('Io', `${program} ${text}`, {}, error);
}
