export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a box among sizes, largest first, so that the parts are as square as can be: an area says how large something is
 * where both of its sides do. Bruls, Huizing, van Wijk: Squarified Treemaps (2000).
 * @returns a box for each size, in their order
 */
export function squarify(sizes: readonly number[], box: Box): readonly Box[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const boxes: Box[] = [];
  if (total <= 0) return boxes;
  const scale = (box.width * box.height) / total;
  let rest = box;
  for (let at = 0; at < sizes.length; ) {
    const end = rowEnd(sizes, at, rest, scale);
    const areas = sizes.slice(at, end).map((size) => size * scale);
    const [laid, remaining] = layRow(areas, rest);
    boxes.push(...laid);
    rest = remaining;
    at = end;
  }
  return boxes;
}

/** How many more go into one row: until the worst of them would become less square. */
function rowEnd(sizes: readonly number[], start: number, { width, height }: Box, scale: number): number {
  const side = Math.min(width, height);
  let sum = (sizes[start] ?? 0) * scale;
  const largest = sum;
  let worst = worstRatio(largest, sum, sum, side);
  for (let at = start + 1; at < sizes.length; at++) {
    const area = (sizes[at] ?? 0) * scale;
    const next = worstRatio(largest, area, sum + area, side);
    if (next > worst) return at;
    worst = next;
    sum += area;
  }
  return sizes.length;
}

function worstRatio(largest: number, smallest: number, sum: number, side: number): number {
  if (smallest <= 0 || side <= 0) return Number.POSITIVE_INFINITY;
  const square = side * side;
  return Math.max((square * largest) / (sum * sum), (sum * sum) / (square * smallest));
}

/** Puts areas side by side along the shorter side of a box; gives what is left of the box. */
function layRow(areas: readonly number[], box: Box): readonly [laid: readonly Box[], rest: Box] {
  const sum = areas.reduce((total, area) => total + area, 0);
  const isWide = box.width >= box.height;
  const thickness = Math.min(sum / (isWide ? box.height : box.width) || 0, isWide ? box.width : box.height);
  let offset = 0;
  const laid = areas.map((area) => {
    const length = thickness === 0 ? 0 : area / thickness;
    const part = isWide
      ? { x: box.x, y: box.y + offset, width: thickness, height: length }
      : { x: box.x + offset, y: box.y, width: length, height: thickness };
    offset += length;
    return part;
  });
  const rest = isWide
    ? { ...box, x: box.x + thickness, width: box.width - thickness }
    : { ...box, y: box.y + thickness, height: box.height - thickness };
  return [laid, rest];
}
