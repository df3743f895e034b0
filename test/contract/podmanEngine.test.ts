import { startPodman } from '../support/realParts/podman.ts';
import { describeEngine } from './engineContract.ts';

describeEngine('Podman Engine', startPodman);
