import { changeKinds, type Scope } from '../../../src/protocol/layersPage.ts';
import type { PathTable } from './pathTable.ts';

const repeated = changeKinds.indexOf('repeated');
const removed = changeKinds.indexOf('removed');

/** The paths that a scope has, whatever is searched for and filtered by: what every letter of a search begins with. */
export class PathScope {
  readonly table: PathTable;
  /** Position, 0 the lowest. */
  readonly layer: number;
  readonly scope: Scope;
  /** Ascending. */
  readonly paths: Uint32Array;
  readonly #changes: Int32Array;

  constructor(table: PathTable, layer: number, scope: Scope) {
    this.table = table;
    this.layer = layer;
    this.scope = scope;
    this.#changes = new Int32Array(table.length);
    const paths = new Uint32Array(table.length);
    let length = 0;
    for (let path = 0; path < table.length; path++) {
      const change = this.#find(path);
      this.#changes[path] = change;
      if (change >= 0) paths[length++] = path;
    }
    this.paths = paths.subarray(0, length);
  }

  /** The change by which a path is in scope; -1 where it is not. */
  changeOf(path: number): number {
    return this.#changes[path] ?? -1;
  }

  #find(path: number): number {
    const { table, scope } = this;
    const change = table.lastChange(path, this.layer);
    if (change < 0) return -1;
    const kind = table.kindOf(change);
    if (scope === 'image') return kind === removed ? -1 : change;
    if (table.layerOf(change) !== this.layer) return -1;
    return kind === (scope === 'layer' ? removed : repeated) ? -1 : change;
  }
}
