/** Shells that builders put in front of a step: Docker's classic builder, BuildKit, Kaniko and Windows' two. */
const shells = /^(?:\/bin\/(?:sh|bash|ash) -c|cmd(?:\.exe)? \/S \/C|powershell(?:\.exe)? -Command)\s+/i;
/** `|2 A=1 B=2 /bin/sh -c …`: build arguments in front of a RUN. */
const buildArguments = /^\|\d+ .*?(?=\/bin\/(?:sh|bash|ash) -c )/s;
const noOperation = /^#\(nop\)\s*/;
const buildKitMark = /\s*# buildkit$/;
/** `ADD file:0123… in /` and `COPY dir:… in /app`: what was copied is known to the classic builder only by a hash. */
const hashedSource = /^(ADD|COPY) (?:--\S+ )*(?:file|dir|multi):[0-9a-f]+ in /;

/** The instruction that made a layer as its author wrote it, as far as the history still tells: without the builders' noise. */
export function cleanInstruction(createdBy: string): string {
  const text = createdBy.trim().replace(buildKitMark, '');
  const runByBuildKit = /^RUN\s+(?=\||\/bin\/|cmd |powershell )/i;
  const step = text.replace(runByBuildKit, '').replace(buildArguments, '');
  const command = step.replace(shells, '');
  const isRun = command !== step || step !== text;
  if (noOperation.test(command)) return withoutHash(command.replace(noOperation, ''));
  if (isRun) return `RUN ${command.replace(/\s+/g, ' ').trim()}`;
  return withoutHash(text.replace(/\s+/g, ' '));
}

function withoutHash(instruction: string): string {
  return instruction.replace(hashedSource, '$1 … ').trim();
}

/** `--mount=…` and the like, which fill a row before the command begins. */
const runFlags = /^RUN (?:--(?:mount|network|security)=\S+ )+/;

/** An instruction for a narrow row: what tells one step from the next comes first. */
export function shortInstruction(createdBy: string): string {
  return cleanInstruction(createdBy).replace(runFlags, 'RUN ');
}
