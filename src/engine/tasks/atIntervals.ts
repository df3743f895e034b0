const progressInterval = 100;

/** Progress is for eyes: at most ten reports a second. */
export function atIntervals(report: (bytes: number) => void): (bytes: number) => void {
  let last = performance.now();
  return (bytes) => {
    const now = performance.now();
    if (now - last < progressInterval) return;
    last = now;
    report(bytes);
  };
}
