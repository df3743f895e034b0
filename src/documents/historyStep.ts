/** A step of an image's history, or an instruction of a Dockerfile, in words that can be compared. */
export interface HistoryStep {
  /** `RUN` where no other instruction is named. */
  readonly keyword: string;
  /** What follows, white space as single blanks. Of a RUN in a history with all that a builder put in front. */
  readonly text: string;
}

const keywords = new Set(
  (
    'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME ' +
    'WORKDIR'
  ).split(' '),
);

/** Longer steps are compared by their beginning and their end alone. */
const longest = 16_000;

/**
 * A step as builders write it. BuildKit: `RUN |1 A=b /bin/sh -c make # buildkit`, `COPY . /src # buildkit`,
 * `WORKDIR /src`; the classic builder and Buildah: `|1 A=b /bin/sh -c make`, `/bin/sh -c #(nop) COPY dir:1f… in /src `;
 * Kaniko: `RUN make`.
 */
export function historyStep(createdBy: string): HistoryStep {
  const text = singleBlanks(createdBy).replace(/ # buildkit$/, '');
  const mark = '#(nop) ';
  const at = text.indexOf(mark);
  const named = at >= 0 && at < 100 ? text.slice(at + mark.length).trimStart() : text;
  const [, word = '', rest = ''] = /^([A-Z]+)(?: (.*))?$/s.exec(named) ?? [];
  return keywords.has(word) ? { keyword: word, text: rest } : { keyword: 'RUN', text };
}

export function singleBlanks(text: string): string {
  const short = text.length <= 2 * longest ? text : `${text.slice(0, longest)} ${text.slice(-longest)}`;
  return short.replace(/\s+/g, ' ').trim();
}

/**
 * Whether a step of a history, a RUN, ran exactly this command: with nothing in front of it but build arguments and a
 * shell with its options.
 */
export function ranCommand(step: string, command: string): boolean {
  if (command === '' || !step.endsWith(command)) return false;
  const before = step.slice(0, step.length - command.length);
  return before === '' || (before.endsWith(' ') && isPreamble(before.trimEnd()));
}

const shell = /^(?:\S*[\\/])?(?:\w*sh|cmd|powershell)(?:\.exe)?$/i;
const shellOption = /^(?:[-+]\w+|\/[a-z]|pipefail)$/i;

/** `|2 A=1 B=two words /bin/bash -o pipefail -c`, or a part of it. */
function isPreamble(text: string): boolean {
  const words = text.split(' ');
  let end = words.length;
  while (end > 0 && shellOption.test(words[end - 1] ?? '')) end--;
  const isShell = end === 1 && shell.test(words[0] ?? '');
  return isShell || /^\|\d+$/.test(words[0] ?? '');
}
