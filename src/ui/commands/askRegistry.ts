import { l10n, window } from 'vscode';
import { isRegistry } from '../../engine/oci/reference.ts';

/** Asks for a registry's host. @param value what the field begins with */
export async function askRegistry(title: string, value: string): Promise<string | undefined> {
  const registry = await window.showInputBox({
    title,
    prompt: l10n.t('The registry’s host, with its port if it has one'),
    value,
    ignoreFocusOut: true,
    validateInput: (typed) =>
      isRegistry(typed.trim()) ? undefined : l10n.t('Type a host, such as registry.example.com:5000.'),
  });
  return registry?.trim();
}
