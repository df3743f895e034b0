import { GoCallError } from './goValue.ts';

/** The longest text that a function may make, in characters. Go has no such limit. */
export const longestText = 1 << 24;

/** Text that grows up to {@link longestText}. */
export class TextBuffer {
  private readonly parts: string[] = [];
  private length = 0;

  write(text: string): void {
    this.reserve(text.length);
    this.parts.push(text);
  }

  pad(character: string, count: number): void {
    if (count <= 0) return;
    this.reserve(count);
    this.parts.push(character.repeat(count));
  }

  text(): string {
    return this.parts.join('');
  }

  private reserve(length: number): void {
    this.length += length;
    if (this.length > longestText) throw new GoCallError(`the text is longer than ${longestText} characters`);
  }
}
