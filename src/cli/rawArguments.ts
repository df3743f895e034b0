import { readFileSync } from 'node:fs';
import { decodePath } from '../engine/layers/entryText.ts';

const replacement = '\ufffd';

/**
 * The command line without node and program. Node loses bytes that are not UTF-8; where the system tells them (Linux) they
 * become lone surrogates, as in the paths that `files` prints, so that such a path can be asked for.
 */
export function commandLineOf(argv: readonly string[]): readonly string[] {
  const given = argv.slice(2);
  if (!given.some((text) => text.includes(replacement))) return given;
  const raw = rawArguments().slice(-given.length);
  return given.map((text, at) => restored(text, raw[at]));
}

function restored(text: string, raw: Buffer | undefined): string {
  return raw !== undefined && raw.toString('utf8') === text ? decodePath(raw) : text;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html */
function rawArguments(): Buffer[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync('/proc/self/cmdline');
  } catch {
    // Another system, or one that hides it: what Node says must do.
    return [];
  }
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    parts.push(bytes.subarray(at, end < 0 ? bytes.length : end));
    at = end < 0 ? bytes.length : end + 1;
  }
  return parts;
}
