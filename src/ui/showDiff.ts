import { commands } from 'vscode';
import { foreignText } from './foreignText.ts';
import { type ImageLocation, type ImageTree, imageUri } from './imageFileSystem/imageLocation.ts';

/** Where one side is missing, VS Code shows the other as all new or all gone. */
export async function showDiff(
  left: ImageLocation,
  right: ImageLocation,
  there: { readonly left: boolean; readonly right: boolean },
): Promise<void> {
  const name = foreignText(left.path.slice(left.path.lastIndexOf('/') + 1), 100);
  const title = `${name} (${pairTitle(left, right)})`;
  const uris = [imageUri(left), imageUri(right)] as const;
  if (there.left && there.right) await commands.executeCommand('vscode.diff', ...uris, title);
  else {
    const sides = [there.left ? uris[0] : undefined, there.right ? uris[1] : undefined];
    await commands.executeCommand('vscode.changes', title, [[sides[0] ?? sides[1], ...sides]]);
  }
}

/** What a comparison of two trees is called. */
export function pairTitle(left: ImageTree, right: ImageTree): string {
  return `${left.name} ↔ ${right.name}`;
}
