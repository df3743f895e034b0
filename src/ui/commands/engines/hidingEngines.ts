import { changeSetting, hiddenEnginesSetting } from '../../settings.ts';
import { EngineNode } from '../../views/images/engines/engineNode.ts';

/** Leaves an engine out of the Images view; the setting brings it back. */
export async function hideEngine(row: unknown): Promise<void> {
  if (!(row instanceof EngineNode)) return;
  await changeSetting('hiddenEngines', [...new Set([...hiddenEnginesSetting(), row.name])]);
}
