import type { ImageLocation } from './imageLocation.ts';

/** What not every system has in names, and what would be hidden or acts. */
const unusable = /[^\p{L}\p{N}._+@=,~ -]/gu;

/** The name that an export is given on the disk: that of the file or folder, of a whole image `web-2.0.0`. */
export function exportName({ name, path }: Pick<ImageLocation, 'name' | 'path'>): string {
  const own =
    path === '/' ? name.replace(' #', '-layer-').replaceAll(' ', '-') : path.slice(path.lastIndexOf('/') + 1);
  const usable = own
    .replace(unusable, '-')
    .replace(/[. ]+$/, '')
    .slice(0, 100);
  return usable === '' ? 'export' : usable;
}

/** `notes (2).txt`, beside a file that has the name already. */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const end = dot > 0 && /^\.[A-Za-z]\w{0,7}$/.test(name.slice(dot)) ? dot : name.length;
  return `${name.slice(0, end)} (${number})${name.slice(end)}`;
}
