import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { EngineError } from '../errors.ts';
import type { SshAddress } from './engineAddress.ts';

const maxComplaint = 4096;

/** What `ssh` is run with, as by Docker. https://github.com/docker/cli/blob/v27.3.1/cli/connhelper/ssh/ssh.go */
export function sshArguments({ host, user, port, socket }: SshAddress): readonly string[] {
  return [
    ...['-o', 'ConnectTimeout=30', '-T'],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...['--', host, 'docker'],
    ...(socket === undefined ? [] : ['--host', `unix://${socket}`]),
    ...['system', 'dial-stdio'],
  ];
}

/** A connection to the engine of another machine: the standard streams of `ssh`, which ends with it. */
export class SshConnection extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #complaint = '';

  constructor(address: SshAddress, program = 'ssh') {
    super();
    const child = spawn(program, sshArguments(address), { windowsHide: true });
    this.#child = child;
    child.stdout.on('data', (chunk: Uint8Array) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-maxComplaint);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'it is not installed' : error.code;
      this.destroy(new EngineError('Offline', `${program} could not be started: ${why}`, {}, error));
    });
    child.once('close', (code) => this.#ended(code, address.host));
    // Broken by the other end: `close` says so too, and why.
    child.stdin.on('error', () => undefined);
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Uint8Array, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#child.kill();
    this.#child.stdout.destroy();
    done(error);
  }

  #ended(code: number | null, host: string): void {
    if (code === 0) return void this.push(null);
    const [complaint = ''] = this.#complaint.trim().split(/\r?\n/).slice(-1);
    const why = complaint || (code === null ? 'ssh was ended' : `ssh exited with ${code}`);
    this.destroy(new EngineError('Offline', `cannot reach the Docker engine of ${host}: ${why}`));
  }
}
