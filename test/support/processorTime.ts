/**
 * Milliseconds of processor time that this process has taken so far. The difference of two is what the work between
 * them costs, however busy the machine is; the time that went by says more about the neighbours.
 */
export function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
