import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { EngineError } from '../engine/errors.ts';
import {
  canonicalReference,
  familiarReference,
  parseReference,
  type Reference,
} from '../engine/oci/reference.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

type Reading =
  | { readonly input: string; readonly reference: Reference }
  | { readonly input: string; readonly error: string };

export function addReferenceVerb(parent: Command, start: Start): void {
  addVerb(
    parent,
    {
      syntax: 'reference <reference...>',
      summary: 'Show how references are read',
      details:
        'With "-" in place of the references they are read from stdin, one a line; blank lines are skipped.',
      json: '{"input","registry","repository","tag","digest","canonical","familiar"} or {"input","error"}',
      examples: [
        'strata reference alpine',
        'grep -oP "^FROM \\K\\S+" Dockerfile | strata reference --json -',
      ],
      run: showReferences,
    },
    start,
  );
}

async function showReferences(session: Session, operands: readonly string[]): Promise<ExitCode> {
  const fromStdin = operands.length === 1 && operands[0] === '-';
  const inputs = fromStdin ? nonBlankLines(session.host.stdin) : operands;
  return session.json ? await printJson(session, inputs) : await printTable(session, inputs);
}

async function* nonBlankLines(stdin: Readable): AsyncGenerator<string> {
  for await (const line of createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield line;
  }
}

async function printJson(
  { output }: Session,
  inputs: AsyncIterable<string> | Iterable<string>,
): Promise<ExitCode> {
  let read = 0;
  let refused = 0;
  for await (const input of inputs) {
    const reading = readReference(input);
    read += 1;
    if ('error' in reading) refused += 1;
    await output.json(jsonRow(reading));
  }
  if (refused === 0) return exitCode.done;
  output.error(`${refused} of ${read} could not be read as references; the rows say why`);
  return exitCode.failed;
}

async function printTable(
  { output }: Session,
  inputs: AsyncIterable<string> | Iterable<string>,
): Promise<ExitCode> {
  const rows: string[][] = [];
  const refusals: string[] = [];
  for await (const input of inputs) {
    const reading = readReference(input);
    if ('error' in reading) refusals.push(`${JSON.stringify(input)}: ${reading.error}`);
    else rows.push(tableRow(reading.input, reading.reference));
  }
  if (rows.length > 0) await output.table(['INPUT', 'REGISTRY', 'REPOSITORY', 'TAG', 'DIGEST'], rows);
  await output.flush();
  for (const refusal of refusals) output.error(refusal);
  return refusals.length === 0 ? exitCode.done : exitCode.failed;
}

function readReference(input: string): Reading {
  try {
    return { input, reference: parseReference(input) };
  } catch (error) {
    if (error instanceof EngineError) return { input, error: error.message };
    throw error;
  }
}

function jsonRow(reading: Reading): object {
  if ('error' in reading) return reading;
  const { input, reference } = reading;
  return {
    input,
    registry: reference.registry,
    repository: reference.repository,
    tag: reference.tag ?? null,
    digest: reference.digest ?? null,
    canonical: canonicalReference(reference),
    familiar: familiarReference(reference),
  };
}

function tableRow(input: string, { registry, repository, tag, digest }: Reference): string[] {
  return [input, registry, repository, tag ?? '<none>', digest ?? '<none>'];
}
