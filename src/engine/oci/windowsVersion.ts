/** `[major, minor, build, revision]` */
type WindowsVersion = readonly [number, number, number, number];

/** Builds of the long-term releases from which on containers of the release before run as well. */
const ltsc2022 = 20_348;
const ltscBuilds = [ltsc2022, 26_100];

/**
 * Whether a Windows host runs an image: its own build alone before Server 2022, and from there on everything since the
 * long-term release before its own. Without a version on either side anything goes.
 * https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility
 */
export function windowsRuns(host: string | undefined, image: string | undefined): boolean {
  const hostVersion = parseVersion(host);
  if (!hostVersion || image === undefined || image === '') return true;
  const imageVersion = parseVersion(image);
  if (!imageVersion) return false;
  const [major, minor, build] = hostVersion;
  if (major !== imageVersion[0] || minor !== imageVersion[1]) return false;
  if (build < ltsc2022) return imageVersion[2] === build;
  const oldest = ltscBuilds.findLast((release) => release < build) ?? ltsc2022;
  return oldest <= imageVersion[2] && imageVersion[2] <= build;
}

/** Above zero where `a` is newer; a version is newer than none. */
export function compareWindowsVersions(a: string | undefined, b: string | undefined): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (!left || !right) return Number(left !== undefined) - Number(right !== undefined);
  const different = left.findIndex((part, index) => part !== right[index]);
  return different < 0 ? 0 : (left[different] ?? 0) - (right[different] ?? 0);
}

function parseVersion(text: string | undefined): WindowsVersion | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,5})(?:\.(\d{1,9}))?/.exec(text ?? '');
  return match ? [Number(match[1]), Number(match[2]), Number(match[3]), Number(match[4] ?? 0)] : undefined;
}
