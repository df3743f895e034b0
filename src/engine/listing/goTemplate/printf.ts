import { ValuePrinter, withoutInterface } from './formatValue.ts';
import { type GoValue, typeName } from './goValue.ts';
import { noFlags } from './printer.ts';

const highestWidth = 1_000_000;

/** Go's `fmt.Sprintf`. Widths and precisions beyond a million are refused as Go refuses them. https://pkg.go.dev/fmt */
export function sprintf(format: string, values: readonly GoValue[]): string {
  return new FormatReader(format, values).run();
}

class FormatReader {
  private readonly printer = new ValuePrinter();
  private readonly format: string;
  private readonly values: readonly GoValue[];
  private at = 0;
  private argument = 0;
  private isReordered = false;
  private isGoodArgument = true;
  private isAfterIndex = false;

  constructor(format: string, values: readonly GoValue[]) {
    this.format = format;
    this.values = values;
  }

  run(): string {
    while (this.at < this.format.length) {
      const percent = this.format.indexOf('%', this.at);
      const end = percent < 0 ? this.format.length : percent;
      this.write(this.format.slice(this.at, end));
      this.at = end + 1;
      if (percent >= 0) this.directive();
    }
    if (!this.isReordered && this.argument < this.values.length) this.extra();
    return this.printer.buffer.text();
  }

  private write(text: string): void {
    this.printer.buffer.write(text);
  }

  private directive(): void {
    this.isGoodArgument = true;
    this.isAfterIndex = false;
    this.printer.flags = noFlags();
    this.readFlags();
    this.readIndex();
    this.readWidth();
    this.readPrecision();
    if (!this.isAfterIndex) this.readIndex();
    this.verb();
  }

  private readFlags(): void {
    const { flags } = this.printer;
    for (; ; this.at += 1) {
      const flag = this.format[this.at];
      if (flag === '#') flags.sharp = true;
      else if (flag === '0') flags.zero = !flags.minus;
      else if (flag === '+') flags.plus = true;
      else if (flag === '-') this.leftAlign();
      else if (flag === ' ') flags.space = true;
      else return;
    }
  }

  private leftAlign(): void {
    this.printer.flags.minus = true;
    this.printer.flags.zero = false;
  }

  /** `[2]`: the argument that comes next. */
  private readIndex(): void {
    this.isAfterIndex = false;
    if (this.format[this.at] !== '[') return;
    this.isReordered = true;
    const end = this.format.indexOf(']', this.at);
    const number = end < 0 ? undefined : wholeNumber(this.format.slice(this.at + 1, end));
    this.at = end < 0 || this.format.length - this.at < 3 ? this.at + 1 : end + 1;
    this.isAfterIndex = number !== undefined;
    if (number !== undefined && number >= 1 && number <= this.values.length) this.argument = number - 1;
    else this.isGoodArgument = false;
  }

  private readWidth(): void {
    if (this.format[this.at] === '*') this.widthFromArgument();
    else this.widthFromFormat();
  }

  private widthFromFormat(): void {
    const width = this.readNumber();
    this.printer.flags.width = width;
    if (this.isAfterIndex && width !== undefined) this.isGoodArgument = false;
  }

  private widthFromArgument(): void {
    this.at += 1;
    const width = this.numberFromArgument();
    if (width === undefined) this.write('%!(BADWIDTH)');
    else if (width < 0) this.leftAlign();
    this.printer.flags.width = width === undefined ? undefined : Math.abs(width);
    this.isAfterIndex = false;
  }

  private readPrecision(): void {
    if (this.format[this.at] !== '.' || this.at + 1 >= this.format.length) return;
    this.at += 1;
    if (this.isAfterIndex) this.isGoodArgument = false;
    this.readIndex();
    if (this.format[this.at] === '*') this.precisionFromArgument();
    else this.printer.flags.precision = this.readNumber() ?? 0;
  }

  private precisionFromArgument(): void {
    this.at += 1;
    const precision = this.numberFromArgument();
    const isGood = precision !== undefined && precision >= 0;
    this.printer.flags.precision = isGood ? precision : undefined;
    if (!isGood) this.write('%!(BADPREC)');
    this.isAfterIndex = false;
  }

  /** Digits that stand here. Too many of them swallow the rest of the format, as in Go. */
  private readNumber(): number | undefined {
    const digits = /^[0-9]*/.exec(this.format.slice(this.at, this.at + 8))?.[0] ?? '';
    if (digits === '') return undefined;
    if (isTooLong(digits)) {
      this.at = this.format.length;
      return undefined;
    }
    this.at += digits.length;
    return Number(digits);
  }

  /** For a `*`. */
  private numberFromArgument(): number | undefined {
    if (this.argument >= this.values.length) return undefined;
    const value = withoutInterface(this.values[this.argument]);
    this.argument += 1;
    const number = typeof value === 'object' && value.kind === 'typed' ? value.value : value;
    if (typeof number !== 'bigint') return undefined;
    return number > highestWidth || number < -highestWidth ? undefined : Number(number);
  }

  private verb(): void {
    const code = this.format.codePointAt(this.at);
    const verb = code === undefined ? '' : String.fromCodePoint(code);
    this.at += verb.length;
    if (verb === '') this.write('%!(NOVERB)');
    else if (verb === '%') this.write('%');
    else if (!this.isGoodArgument) this.write(`%!${verb}(BADINDEX)`);
    else if (this.argument >= this.values.length) this.write(`%!${verb}(MISSING)`);
    else this.print(verb);
  }

  private print(verb: string): void {
    const { flags } = this.printer;
    if (verb === 'v')
      Object.assign(flags, { sharpV: flags.sharp, sharp: false, plusV: flags.plus, plus: false });
    this.printer.argument(this.values[this.argument], verb);
    this.argument += 1;
  }

  private extra(): void {
    this.printer.flags = noFlags();
    const rest = this.values.slice(this.argument).map(withoutInterface);
    this.write('%!(EXTRA ');
    rest.forEach((value, at) => {
      if (at > 0) this.write(', ');
      this.extraValue(value);
    });
    this.write(')');
  }

  private extraValue(value: GoValue): void {
    if (value !== undefined) this.write(`${typeName(value)}=`);
    this.printer.argument(value, 'v');
  }
}

/** Go stops where the digits before the last one are more than a million already. */
function isTooLong(digits: string): boolean {
  return Number(digits.slice(0, -1)) > highestWidth;
}

function wholeNumber(digits: string): number | undefined {
  return /^[0-9]{1,8}$/.test(digits) && !isTooLong(digits) ? Number(digits) : undefined;
}
