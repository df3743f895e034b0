import type { EngineContainer } from '../../../../engine/dockerEngine/engineContainer.ts';
import type { EngineImage } from '../../../../engine/dockerEngine/engineImage.ts';

/** What an engine had when it was last asked. */
export interface EngineState {
  readonly images: readonly EngineImage[];
  readonly containers: readonly EngineContainer[];
}
