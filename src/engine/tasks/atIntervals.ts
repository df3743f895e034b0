const progressInterval = 100;

/** Progress is for eyes: at most ten reports a second, the first at once, for nothing more may come for a while. */
export function atIntervals(report: (bytes: number) => void): (bytes: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (bytes) => {
    const now = performance.now();
    if (now - last < progressInterval) return;
    last = now;
    report(bytes);
  };
}
