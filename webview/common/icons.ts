import { svg } from './dom.ts';

/** Drawn on a grid of 16, in the colour of the text. */
const shapes = {
  empty: 'M2 5l6-3 6 3-6 3zM2 8l6 3 6-3M2 11l6 3 6-3',
  error: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM5.5 5.5l5 5M10.5 5.5l-5 5',
  notFound: 'M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9zM10.5 10.5l4 4M5 5l4 4M9 5l-4 4',
  signIn: 'M4.5 7.5h7v6h-7zM6 7.5v-2a2 2 0 0 1 4 0v2',
  offline: 'M2 6a9 9 0 0 1 12 0M4.5 8.8a5 5 0 0 1 7 0M7 11.5a1.5 1.5 0 0 1 2 0M2 14L14 2',
  rateLimited: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM8 4.5V8l2.5 2',
  folder: 'M1.5 3.5h4.5l1.5 2h7v7.5h-13z',
  file: 'M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3',
  link: 'M3 13l9-9M6.5 3.5H12.5V9.5',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3',
  device: 'M2.5 3.5h11v7h-11zM5.5 13.5h5M8 10.5v3',
} as const;

export type IconName = keyof typeof shapes;

/** A picture that says nothing which does not stand beside it: screen readers pass it over. */
export function iconOf(name: IconName): SVGElement {
  return svg(
    'svg',
    { class: `icon icon-${name}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { d: shapes[name] }),
  );
}
