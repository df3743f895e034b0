import type { Disposable } from 'vscode';
import type { Transfer, Transfers } from '../../transfers.ts';
import { TransferNode } from './transferNode.ts';

/** Milliseconds between two drawings of a transfer's row; its buttons are drawn anew with it, and must stand still to be hit. */
const drawInterval = 500;

/** The rows of this window's transfers, each drawn again as it goes on, but not more often than an eye follows. */
export class TransferRows implements Disposable {
  readonly #transfers: Transfers;
  readonly #draw: (node: TransferNode | undefined) => void;
  readonly #nodes = new Map<string, TransferNode>();
  readonly #drawing = new Map<string, NodeJS.Timeout>();
  readonly #changes: Disposable;

  /** @param draw draws a row again; without one all of them, since rows have come or gone */
  constructor(transfers: Transfers, draw: (node: TransferNode | undefined) => void) {
    this.#transfers = transfers;
    this.#draw = draw;
    this.#changes = transfers.onDidChange((transfer) => {
      if (transfer) this.#drawSoon(transfer.id);
      else draw(undefined);
    });
  }

  nodes(): TransferNode[] {
    return this.#transfers.all.map((transfer) => this.#node(transfer));
  }

  dispose(): void {
    for (const timer of this.#drawing.values()) clearTimeout(timer);
    this.#changes.dispose();
  }

  #node(transfer: Transfer): TransferNode {
    const { id } = transfer;
    const node = new TransferNode(id, () => this.#transfers.get(id) ?? transfer);
    this.#nodes.set(id, node);
    return node;
  }

  #drawSoon(id: string): void {
    if (this.#drawing.has(id)) return;
    const timer = setTimeout(() => {
      this.#drawing.delete(id);
      const node = this.#nodes.get(id);
      if (node && this.#transfers.get(id)) this.#draw(node);
    }, drawInterval);
    this.#drawing.set(id, timer);
  }
}
