import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import {
  type BuiltImage,
  type BuiltManifest,
  blob,
  buildIndex,
  buildManifest,
  jsonBlob,
} from './imageBuilder.ts';
import { file } from './layerTar.ts';
import { amd64, arm64, basePath, baseSteps } from './sampleBase.ts';

const created = new Date('2026-06-18T13:30:00Z');
const inToto = 'application/vnd.in-toto+json';

/** As BuildKit pushes it: each platform's manifest is followed by its attestations, as `unknown/unknown`. */
export function apiImage(): BuiltImage {
  const images = [amd64, arm64].map((platform) =>
    buildManifest({
      platform,
      steps: [
        ...baseSteps('1.1', platform),
        {
          createdBy: 'COPY openapi.json /srv/api/ # buildkit',
          created,
          files: [file('srv/api/openapi.json', openApi)],
        },
        { createdBy: 'EXPOSE map[9000/tcp:{}]', created },
      ],
      config: { Env: [basePath], ExposedPorts: { '9000/tcp': {} }, User: 'nobody' },
    }),
  );
  return buildIndex([...images, ...images.map((image) => attestation(image.descriptor))]);
}

/** https://github.com/moby/buildkit/blob/v0.20.0/docs/attestations/attestation-storage.md */
function attestation(subject: Descriptor): BuiltManifest {
  const statement = blob(inToto, Buffer.from(JSON.stringify(provenance(subject))));
  const layer = {
    ...statement.descriptor,
    annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' },
  };
  const config = jsonBlob(mediaType.ociConfig, {
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: [statement.descriptor.digest] },
  });
  const manifest = jsonBlob(mediaType.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaType.ociManifest,
    config: config.descriptor,
    layers: [layer],
  });
  const descriptor: Descriptor = {
    ...manifest.descriptor,
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': subject.digest,
    },
  };
  return { descriptor, bytes: manifest.bytes, blobs: [config, statement] };
}

/** A list of the image's packages that names the image as its subject. */
export function billOfMaterials({ mediaType: type, digest, size }: Descriptor): BuiltManifest {
  const config = blob(mediaType.ociEmpty, Buffer.from('{}'));
  const document = blob('application/spdx+json', Buffer.from(JSON.stringify(packages)));
  const manifest = jsonBlob(mediaType.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaType.ociManifest,
    artifactType: 'application/spdx+json',
    config: config.descriptor,
    layers: [document.descriptor],
    subject: { mediaType: type, digest, size },
    annotations: { 'org.opencontainers.image.created': created.toISOString() },
  });
  return { ...manifest, blobs: [config, document] };
}

const packages = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'acme/api',
  packages: [{ SPDXID: 'SPDXRef-acme-base', name: 'acme-base', versionInfo: '1.1', licenseDeclared: 'MIT' }],
};

function provenance({ digest }: Descriptor) {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://slsa.dev/provenance/v1',
    subject: [{ name: 'acme/api', digest: { sha256: digest.slice('sha256:'.length) } }],
    predicate: { buildDefinition: { buildType: 'https://acme.example/build/v1', externalParameters: {} } },
  };
}

const openApi = `${JSON.stringify(
  { openapi: '3.1.0', info: { title: 'Acme API', version: '1.0.0' }, paths: { '/health': { get: {} } } },
  undefined,
  2,
)}\n`;
