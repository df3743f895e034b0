import { startDockerd } from '../support/realParts/dockerd.ts';
import { describeEngine } from './engineContract.ts';

describeEngine('Docker Engine', () => startDockerd());
