/** What the shell is told. CLI.md's contract: nothing else ever ends the program. */
export const exitCode = {
  done: 0,
  /** It could not be done: one line on stderr says why. */
  failed: 1,
  /** Unknown verb or option, or a wrong number of arguments. */
  usage: 2,
  /** SIGINT */
  interrupted: 130,
  /** SIGTERM */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
