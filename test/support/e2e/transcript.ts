import { readFile, writeFile } from 'node:fs/promises';
import { inRepository } from '../paths.ts';

/** Where the documentation has the transcript. */
export const transcriptFile = inRepository('media/session.md');

const opening = `# A session in the terminal

What \`sh session.sh\` of the sample workspace prints in VS Code's terminal, where the extension has put \`strata\` on the PATH. An
end-to-end test runs it and holds this page to what it printed; ages, and the lines that only tell how a download
goes, are left out of the comparison.

\`\`\`console
`;
const closing = '```\n';

/** What the page says was printed. */
export async function documentedTranscript(): Promise<string> {
  const page = await readFile(transcriptFile, 'utf8');
  return page.slice(page.indexOf('```console\n') + '```console\n'.length, page.lastIndexOf(closing));
}

/** Writes the page anew. */
export async function documentTranscript(transcript: string): Promise<void> {
  await writeFile(transcriptFile, opening + transcript + closing);
}

const progress = /: (Waiting|Verifying Checksum|Download complete)$/;

/** A session's output as a page has it: the registry at one port, without the weather of its downloads. */
export function transcriptOf(printed: string, host: string): string {
  const lines = printed.replaceAll(host, '127.0.0.1:50000').replaceAll('\r', '').split('\n');
  return lines
    .filter((line) => !progress.test(line))
    .join('\n')
    .trimStart();
}

/** What must be the same from day to day. */
export function withoutAges(transcript: string): string[] {
  return transcript.split('\n').map((line) =>
    line
      .replace(/\b(\d+|About an?) (hours?|days|weeks|months|years) ago/g, 'AGE')
      .replace(/ +/g, ' ')
      .trimEnd(),
  );
}
