import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { asObject, asSize, asString, optional, parseJson } from '../oci/json.ts';

/** Which process something belongs to, in a form that another process can check. */
export interface ProcessMark {
  readonly pid: number;
  /** Within it a pid means one process: host name, boot and pid namespace. */
  readonly machine: string;
  /** Clock ticks after boot at which the process began, where the system tells: tells a reused pid apart. */
  readonly started?: string;
  /** Unique to this one thing of the process. */
  readonly token: string;
}

/** `unknown`: of another machine (or container); only its heartbeat can tell. */
export type ProcessState = 'alive' | 'dead' | 'unknown';

export function markProcess(): ProcessMark {
  const started = processStatus(process.pid)?.started;
  return {
    pid: process.pid,
    machine: thisMachine(),
    ...(started !== undefined && { started }),
    token: randomUUID(),
  };
}

export function processMarkFromJson(json: unknown, what: string): ProcessMark {
  const object = asObject(json, what);
  const started = optional(object.started, `${what}.started`, asString);
  return {
    pid: asSize(object.pid, `${what}.pid`),
    machine: asString(object.machine, `${what}.machine`),
    ...(started !== undefined && { started }),
    token: asString(object.token, `${what}.token`),
  };
}

export function parseProcessMark(text: string, what: string): ProcessMark {
  return processMarkFromJson(parseJson(text, what), what);
}

export function processState(mark: ProcessMark): ProcessState {
  if (mark.machine !== thisMachine()) return 'unknown';
  if (!pidExists(mark.pid)) return 'dead';
  const status = processStatus(mark.pid);
  if (!status) return 'alive';
  const reused = mark.started !== undefined && status.started !== mark.started;
  return reused || status.ended ? 'dead' : 'alive';
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Linux alone tells; elsewhere `undefined`. */
function processStatus(pid: number): { started: string; ended: boolean } | undefined {
  const text = readSystemFile(`/proc/${pid}/stat`);
  // The command stands in parentheses and may hold any character; state is field 3 and the start time field 22.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields?.[0], fields?.[19]];
  if (state === undefined || started === undefined) return undefined;
  return { started, ended: state === 'Z' || state === 'X' };
}

let machine: string | undefined;

function thisMachine(): string {
  machine ??= [hostname(), readSystemFile('/proc/sys/kernel/random/boot_id')?.trim(), pidNamespace()]
    .filter((part) => part !== undefined)
    .join('/');
  return machine;
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has it, and not every sandbox shows it; the other parts have to do.
    return undefined;
  }
}

function readSystemFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Only Linux has it, or the process has just ended.
    return undefined;
  }
}
