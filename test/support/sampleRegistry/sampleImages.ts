import type { BuiltImage, BuiltManifest } from './imageBuilder.ts';
import { apiImage, billOfMaterials, cosignSignature, signedFindings } from './sampleAttestation.ts';
import { baseImage } from './sampleBase.ts';
import { agentImage, cronImage, legacyImage, toolsImage } from './sampleOthers.ts';
import { webImage } from './sampleWeb.ts';

export interface SampleImage {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly image: BuiltImage;
  /** Manifests whose subject is the image, or whose tag says that they are about it. */
  readonly referrers?: readonly (BuiltManifest & { readonly tag?: string })[];
}

/** What the sample registry holds: one image of each kind that registries hold today. */
export function sampleImages(): SampleImage[] {
  const api = apiImage();
  return [
    { repository: 'acme/base', tags: ['1.0'], image: baseImage('1.0') },
    { repository: 'acme/base', tags: ['1.1', 'latest'], image: baseImage('1.1') },
    { repository: 'acme/web', tags: ['1.4.0'], image: webImage('1.4.0') },
    { repository: 'acme/web', tags: ['1.4.1', '1.4'], image: webImage('1.4.1') },
    { repository: 'acme/web', tags: ['2.0.0', '2', 'latest'], image: webImage('2.0.0') },
    { repository: 'acme/tools', tags: ['latest'], image: toolsImage() },
    { repository: 'acme/cron', tags: ['2026.3', 'latest'], image: cronImage() },
    { repository: 'acme/legacy', tags: ['3.2', 'latest'], image: legacyImage() },
    { repository: 'acme/agent', tags: ['6.0', 'latest'], image: agentImage() },
    {
      repository: 'acme/api',
      tags: ['1.0.0', 'latest'],
      image: api,
      referrers: [
        billOfMaterials(api.descriptor),
        signedFindings(api.descriptor),
        cosignSignature(api.descriptor),
      ],
    },
  ];
}
