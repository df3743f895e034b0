import {
  type Instruction,
  type JoinedText,
  readDockerfileText,
  triggerOf,
} from './dockerfileInstructions.ts';
import {
  type Flag,
  mountSources,
  readFlags,
  type Span,
  splitQuotedWords,
  splitWords,
  type UnquotedText,
  withoutQuotes,
} from './dockerfileWords.ts';
import { LineMap } from './lineMap.ts';
import type { Mention, MentionRole, NamedStage } from './mention.ts';
import { type Expansion, type Owner, PieceList, piecesText } from './pieces.ts';
import { expandShellWord } from './shellExpansion.ts';
import { definitionOf, type Finding, findingOf, type ReadDocument, type Site } from './site.ts';

/**
 * The images that a Dockerfile mentions: FROM, `COPY --from`, `RUN --mount=from=`, `# syntax=`.
 * https://docs.docker.com/reference/dockerfile/
 */
export function readDockerfile(text: string): ReadDocument {
  return new DockerfileReader(text).read();
}

interface Stage {
  /** As written behind AS, else the number as text. */
  readonly name: string;
  readonly isNamed: boolean;
  readonly line: number;
}

/** A mention whose meaning may depend on stages further down. */
interface Draft {
  readonly role: MentionRole;
  readonly start: number;
  readonly end: number;
  readonly expansion: Expansion;
  readonly stage?: string;
  readonly platform?: string;
  /** FROM knows only the stages above it. */
  readonly earlierStage?: Stage | undefined;
}

class DockerfileReader {
  readonly #lines: LineMap;
  readonly #text: string;
  readonly #globals = new Map<string, Expansion>();
  readonly #stages: Stage[] = [];
  readonly #stagesByName = new Map<string, Stage>();
  readonly #drafts: Draft[] = [];
  readonly #dependents: string[] = [];
  #escapeToken = '\\';

  constructor(text: string) {
    this.#text = text;
    this.#lines = new LineMap(text);
  }

  read(): ReadDocument {
    const { syntax, escapeToken, instructions } = readDockerfileText(this.#text);
    this.#escapeToken = escapeToken;
    if (syntax) this.#addSyntax(syntax.value, syntax.offset);
    for (const instruction of instructions) this.#readInstruction(instruction);
    return { sites: this.#drafts.map((draft) => this.#toSite(draft)), dependents: this.#dependents };
  }

  #addSyntax(value: string, start: number): void {
    const end = start + value.length;
    const expansion = { pieces: [{ text: value, start, end }], broken: false };
    this.#drafts.push({ role: 'syntax', start, end, expansion });
  }

  #readInstruction(instruction: Instruction): void {
    switch (instruction.keyword) {
      case 'FROM':
        this.#readFrom(instruction);
        break;
      case 'ARG':
        if (this.#stages.length === 0) this.#readGlobalArg(instruction);
        else this.#readStageArg(instruction);
        break;
      case 'COPY':
        this.#readCopy(instruction.args);
        break;
      case 'RUN':
        this.#readRun(instruction.args);
        break;
      case 'ONBUILD':
        this.#readOnbuild(instruction);
        break;
    }
  }

  #readFrom({ args, offset }: Instruction): void {
    const { flags, rest } = readFlags(args);
    const [image, as, name] = splitWords(args.text, rest);
    const word = image ?? { start: args.text.length, end: args.text.length };
    const alias = as && name && wordText(args, as).toLowerCase() === 'as' ? wordText(args, name) : undefined;
    const platform = flags.find((flag) => flag.name === 'platform')?.value;
    const expansion = this.#expand(args, word);
    const inner = withoutQuotes(args.text, word);
    this.#drafts.push({
      role: 'from',
      start: args.offsetOf(inner.start),
      end: endOf(args, inner),
      expansion,
      earlierStage: this.#stagesByName.get(piecesText(expansion.pieces).toLowerCase()),
      ...(alias !== undefined && { stage: alias }),
      ...(platform && platform.text !== '' && { platform: platform.text }),
    });
    if (platform) this.#noteDependent('platform', this.#expandText(args, platform));
    this.#addStage(alias, this.#lines.positionAt(offset).line);
  }

  #addStage(alias: string | undefined, line: number): void {
    const stage = { name: alias ?? String(this.#stages.length), isNamed: alias !== undefined, line };
    this.#stages.push(stage);
    if (alias !== undefined) this.#stagesByName.set(alias.toLowerCase(), stage);
  }

  /** A global ARG without a default keeps the value that an earlier one gave. */
  #readGlobalArg({ args }: Instruction): void {
    for (const word of splitQuotedWords(args.text, this.#escapeToken)) {
      const equals = args.text.indexOf('=', word.start);
      if (equals < 0 || equals >= word.end) continue;
      const name = args.text.slice(word.start, equals);
      this.#globals.set(name, this.#expandDefault(name, args, { start: equals + 1, end: word.end }));
    }
  }

  #expandDefault(name: string, args: JoinedText, span: Span): Expansion {
    const inner = withoutQuotes(args.text, span);
    const value = { start: spanStart(args, inner), end: endOf(args, inner) };
    const owner: Owner = { name, value };
    const expansion = this.#expand(args, span, owner);
    if (expansion.pieces.length > 0) return expansion;
    return { ...expansion, pieces: [{ text: '', start: value.end, end: value.end, owner }] };
  }

  /** `ARG NAME` in a stage takes over the global default: an edit of it would change what the stage does. */
  #readStageArg({ args }: Instruction): void {
    for (const { start, end } of splitQuotedWords(args.text, this.#escapeToken)) {
      const name = args.text.slice(start, end);
      const value = this.#globals.get(name);
      if (value) this.#noteDependent(name, value);
    }
  }

  #noteDependent(name: string, { pieces }: Expansion): void {
    this.#dependents.push(`${this.#stages.length} ${name}=${piecesText(pieces)}`);
  }

  #readCopy(args: JoinedText): void {
    for (const { name, value } of readFlags(args).flags) {
      if (name === 'from') this.#addUnexpanded('copyFrom', args, value);
    }
  }

  #readRun(args: JoinedText): void {
    if (!args.text.startsWith('--')) return;
    const isMount = ({ name }: Flag) => name === 'mount';
    for (const { value } of readFlags(args).flags.filter(isMount)) {
      for (const source of mountSources(value)) this.#addUnexpanded('mountFrom', args, source);
    }
  }

  #readOnbuild(instruction: Instruction): void {
    const trigger = triggerOf(instruction);
    if (trigger?.keyword === 'COPY') this.#readCopy(trigger.args);
    if (trigger?.keyword === 'RUN') this.#readRun(trigger.args);
  }

  /** BuildKit substitutes nothing in `from`: https://docs.docker.com/reference/dockerfile/#copy---from */
  #addUnexpanded(role: MentionRole, args: JoinedText, source: UnquotedText): void {
    const { text, indexes } = source;
    const [first, last] = [indexes[0], indexes.at(-1)];
    if (first === undefined || last === undefined) return;
    const [variable] = /\$[\w{].*/s.exec(text) ?? [];
    this.#drafts.push({
      role,
      start: args.offsetOf(first),
      end: args.offsetOf(last) + 1,
      expansion: { ...literal(args, source), ...(variable !== undefined && { unresolved: variable }) },
      ...this.#currentStage(),
    });
  }

  #currentStage(): { stage?: string } {
    const stage = this.#stages.at(-1);
    return stage ? { stage: stage.name } : {};
  }

  #expand(args: JoinedText, span: Span, owner?: Owner): Expansion {
    return expandShellWord({
      text: args.text.slice(span.start, span.end),
      offsetOf: (index) => args.offsetOf(span.start + index),
      escapeToken: this.#escapeToken,
      lookup: (name) => this.#globals.get(name),
      ...(owner && { owner }),
    });
  }

  #expandText(args: JoinedText, { text, indexes }: UnquotedText): Expansion {
    const offsetOf = (index: number) => args.offsetOf(indexes[index] ?? 0);
    return expandShellWord({
      text,
      offsetOf,
      escapeToken: this.#escapeToken,
      lookup: (name) => this.#globals.get(name),
    });
  }

  #toSite(draft: Draft): Site {
    const { role, start, end, expansion, stage, platform } = draft;
    const finding = this.#findingOf(draft);
    const mention: Mention = {
      kind: 'dockerfile',
      role,
      text: this.#text.slice(start, end),
      range: this.#lines.rangeAt(start, end),
      ...finding,
      ...(stage !== undefined && { stage }),
      ...(platform !== undefined && { platform }),
      ...(finding.reference && definitionOf(expansion, this.#lines)),
    };
    return { mention, expansion };
  }

  #findingOf(draft: Draft): Finding & Pick<Mention, 'namedStage'> {
    const finding = findingOf(draft.expansion);
    if (finding.reason === 'unresolved-argument' || draft.role === 'syntax') return finding;
    const text = piecesText(draft.expansion.pieces);
    const stage = draft.role === 'from' ? draft.earlierStage : this.#stageCalled(text);
    if (stage) return { reason: 'stage', namedStage: named(stage) };
    if (text === 'scratch') return { reason: 'scratch' };
    return isNumber(text) && draft.role === 'copyFrom' ? { reason: 'invalid' } : finding;
  }

  #stageCalled(text: string): Stage | undefined {
    return (
      this.#stagesByName.get(text.toLowerCase()) ?? (isNumber(text) ? this.#stages[Number(text)] : undefined)
    );
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}

function named({ name, line }: Stage): NamedStage {
  return { name, line };
}

function wordText(args: JoinedText, { start, end }: Span): string {
  return args.text.slice(start, end);
}

/** The end stays on the line of the last character, the start is where the first one stands. */
function endOf(args: JoinedText, { start, end }: Span): number {
  return end === start ? spanStart(args, { start, end }) : args.endOffsetOf(end);
}

function spanStart(args: JoinedText, { start, end }: Span): number {
  return start === end ? args.endOffsetOf(start) : args.offsetOf(start);
}

function literal(args: JoinedText, { text, indexes }: UnquotedText): Expansion {
  const list = new PieceList();
  for (const [at, index] of indexes.entries()) {
    const start = args.offsetOf(index);
    list.addText(text[at] ?? '', start, start + 1, undefined);
  }
  return { pieces: list.pieces, broken: list.tooLong };
}
