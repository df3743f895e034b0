import type { ComparedLayer } from '../../src/protocol/comparePage.ts';

export interface PlacedLayer {
  readonly layer: ComparedLayer;
  /** Among the layers of its image, from 0, the lowest first. */
  readonly position: number;
}

/** Layers that stand beside one another: one that both images have, or what each has in its place. */
export interface LayerRow {
  readonly before?: PlacedLayer | undefined;
  readonly after?: PlacedLayer | undefined;
  readonly isCommon: boolean;
}

/** Images of more layers than this together are compared by their ends alone: more than any builder makes. */
const mostCells = 250_000;

/** Joins the layers that both have in the same order, by diffId; what lies between them stands side by side. */
export function pairLayers(
  before: readonly ComparedLayer[],
  after: readonly ComparedLayer[],
): readonly LayerRow[] {
  const rows: LayerRow[] = [];
  let [left, right] = [0, 0];
  for (const [nextLeft, nextRight] of [
    ...commonPlaces(before, after),
    [before.length, after.length] as const,
  ]) {
    for (; left < nextLeft || right < nextRight; ) {
      const one = left < nextLeft ? placed(before, left++) : undefined;
      const other = right < nextRight ? placed(after, right++) : undefined;
      rows.push({ before: one, after: other, isCommon: false });
    }
    if (left < before.length && right < after.length)
      rows.push({ before: placed(before, left), after: placed(after, right), isCommon: true });
    left++;
    right++;
  }
  return rows;
}

function placed(layers: readonly ComparedLayer[], position: number): PlacedLayer | undefined {
  const layer = layers[position];
  return layer && { layer, position };
}

/** Places of the longest sequence of layers that both have. */
function commonPlaces(
  before: readonly ComparedLayer[],
  after: readonly ComparedLayer[],
): readonly (readonly [left: number, right: number])[] {
  const start = commonStart(before, after);
  const base = Array.from({ length: start }, (_, at) => [at, at] as const);
  const [left, right] = [before.slice(start), after.slice(start)];
  if (left.length * right.length > mostCells) return base;
  return [
    ...base,
    ...longestCommon(left, right).map(([one, other]) => [one + start, other + start] as const),
  ];
}

function commonStart(before: readonly ComparedLayer[], after: readonly ComparedLayer[]): number {
  const end = before.findIndex(({ diffId }, at) => diffId !== after[at]?.diffId);
  return end < 0 ? before.length : end;
}

function longestCommon(
  before: readonly ComparedLayer[],
  after: readonly ComparedLayer[],
): readonly (readonly [number, number])[] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const isSame = (left: number, right: number) => before[left]?.diffId === after[right]?.diffId;
  const at = (left: number, right: number) => lengths[left * width + right] ?? 0;
  for (let left = before.length - 1; left >= 0; left--) {
    for (let right = after.length - 1; right >= 0; right--) {
      lengths[left * width + right] = isSame(left, right)
        ? at(left + 1, right + 1) + 1
        : Math.max(at(left + 1, right), at(left, right + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let left = 0, right = 0; left < before.length && right < after.length; ) {
    if (isSame(left, right)) pairs.push([left++, right++]);
    else if (at(left + 1, right) >= at(left, right + 1)) left++;
    else right++;
  }
  return pairs;
}
