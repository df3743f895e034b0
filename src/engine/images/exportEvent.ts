/** What an export leaves out, as numbers of paths. */
export interface LeftOut {
  /** Devices and named pipes. */
  readonly devices: number;
  /** Hard links to what the tree does not have. */
  readonly links: number;
  /** Names that this machine's disk cannot have, or has for another path of the image already (`a` and `A`). */
  readonly names: number;
  /** Written, but owned by who exports instead of by whom the image says. */
  readonly owners: number;
  /** Written, but without the bits that let others run a file as its owner or group. */
  readonly setIds: number;
  /** Written, but without their extended attributes (capabilities, for example). */
  readonly attributes: number;
}

export type ExportEvent =
  /** Before anything is written. */
  | { readonly kind: 'planned'; readonly files: number; readonly bytes: number }
  /** So many of them are on the disk. */
  | { readonly kind: 'written'; readonly files: number; readonly bytes: number }
  /** It is in its place. */
  | {
      readonly kind: 'done';
      readonly path: string;
      readonly files: number;
      readonly bytes: number;
      readonly leftOut: LeftOut;
    };
