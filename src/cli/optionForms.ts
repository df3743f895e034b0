import type { Command, Option } from 'commander';

/** What Go takes for a truth value. https://pkg.go.dev/strconv#ParseBool */
const truths: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false])),
};

/**
 * Has options understood in all forms that Docker's may be written in and commander does not know: `-f=VALUE`, `-qf=VALUE`,
 * `--human=false`, of which the last one counts. https://pkg.go.dev/github.com/spf13/pflag#hdr-Command_line_flag_syntax
 * What is no option of the command is left to commander, which refuses it.
 */
export function takeDockerForms(command: Command): void {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (commandLine) => parse(new OptionForms(command).rewritten(commandLine));
}

/** An option with what was given for it: of a switch only where something was. */
interface Given {
  readonly option: Option;
  readonly value: string | undefined;
}

class OptionForms {
  readonly #command: Command;
  readonly #written: { readonly words: readonly string[]; readonly option?: Option }[] = [];

  constructor(command: Command) {
    this.#command = command;
  }

  /** In the forms that commander knows. */
  rewritten(commandLine: readonly string[]): string[] {
    for (let at = 0; at < commandLine.length; at++) {
      const text = commandLine[at] ?? '';
      if (text === '--') {
        this.#written.push({ words: commandLine.slice(at) });
        break;
      }
      const given = this.#read(text);
      const last = given?.at(-1);
      if (last?.option.required && last.value === undefined) at++;
      if (!given) this.#written.push({ words: [text] });
      else for (const one of given) this.#write(one, commandLine[at]);
    }
    return this.#written.flatMap(({ words }) => words);
  }

  /** `undefined` where the word is no option, or has one that the command has not. */
  #read(text: string): readonly Given[] | undefined {
    if (!text.startsWith('--')) return /^-[a-zA-Z]/.test(text) ? this.#readLetters(text.slice(1)) : undefined;
    const [, flag, value] = /^(--[^=]+)(?:=(.*))?$/s.exec(text) ?? [];
    const option = this.#command.options.find(({ long }) => long === flag);
    return option && [{ option, value }];
  }

  #readLetters(letters: string): readonly Given[] | undefined {
    const option = this.#command.options.find(({ short }) => short === `-${letters[0]}`);
    if (!option) return undefined;
    const rest = letters.slice(1);
    if (rest.startsWith('=')) return [{ option, value: rest.slice(1) }];
    if (rest === '') return [{ option, value: undefined }];
    if (option.required) return [{ option, value: rest }];
    const others = this.#readLetters(rest);
    return others && [{ option, value: undefined }, ...others];
  }

  /** @param next the last word of the command line that was taken */
  #write({ option, value }: Given, next: string | undefined): void {
    const flag = option.long ?? option.short ?? '';
    if (option.required) {
      const word = value ?? next;
      // Commander says what is missing.
      this.#written.push({ words: word === undefined ? [flag] : [flag, word] });
    } else if (value === undefined || truthOf(value, option, this.#command)) {
      this.#written.push({ words: [flag], option });
    } else this.#writeFalse(option);
  }

  /** As if it had never been given; or its opposite, where it is true by itself. */
  #writeFalse(option: Option): void {
    const others = this.#written.filter((one) => one.option !== option);
    this.#written.splice(0, this.#written.length, ...others);
    const opposite = `--no-${option.name()}`;
    if (this.#command.options.some(({ long }) => long === opposite))
      this.#written.push({ words: [opposite] });
  }
}

function truthOf(value: string, { flags }: Option, command: Command): boolean {
  if (!Object.hasOwn(truths, value)) {
    command.error(`error: invalid argument ${JSON.stringify(value)} for "${flags}": write true or false`);
  }
  return truths[value] === true;
}
