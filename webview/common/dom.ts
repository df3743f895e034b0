export interface ElementOptions {
  readonly class?: string;
  /** Always text, never markup. */
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** An element with its content. Foreign text comes in as `text` or as a string among the children: nothing is parsed. */
export function element<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  options: ElementOptions = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  if (options.class !== undefined) made.className = options.class;
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value);
  if (options.text !== undefined) made.textContent = options.text;
  made.append(...children);
  return made;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

/** A picture's part. */
export function svg(
  tag: 'svg' | 'path' | 'rect' | 'text' | 'g' | 'title',
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly (Node | string)[]
): SVGElement {
  const made = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Does it at most once a frame, with what was said last. */
export function onceAFrame(work: () => void): () => void {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      work();
    });
  };
}

/** Resolves when what is in the document now is on the screen. */
export function nextPaint(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

export function waited(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
