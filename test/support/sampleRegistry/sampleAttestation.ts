import { type Descriptor, plainDescriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestHex } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import {
  type Blob,
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
  const statements = [
    statement(subject, 'https://slsa.dev/provenance/v1', provenance),
    statement(subject, 'https://spdx.dev/Document', packages),
  ];
  const config = jsonBlob(mediaType.ociConfig, {
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: statements.map(({ descriptor }) => descriptor.digest) },
  });
  const manifest = jsonBlob(mediaType.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaType.ociManifest,
    config: config.descriptor,
    layers: statements.map(({ descriptor }) => descriptor),
  });
  const descriptor: Descriptor = {
    ...manifest.descriptor,
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': subject.digest,
    },
  };
  return { descriptor, bytes: manifest.bytes, blobs: [config, ...statements] };
}

function statement(subject: Descriptor, predicateType: string, predicate: unknown): Blob {
  const { descriptor, bytes } = blob(inToto, Buffer.from(statementText(subject, predicateType, predicate)));
  return {
    descriptor: { ...descriptor, annotations: { 'in-toto.io/predicate-type': predicateType } },
    bytes,
  };
}

/** On one line, as it is signed. */
function statementText({ digest }: Descriptor, predicateType: string, predicate: unknown): string {
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    predicateType,
    subject: [{ name: 'acme/api', digest: { sha256: digestHex(digest) } }],
    predicate,
  });
}

/** A scanner's findings, in the envelope that cosign signs them in, with the image as subject. */
export function signedFindings(subject: Descriptor): BuiltManifest {
  const predicateType = 'https://cosign.sigstore.dev/attestation/vuln/v1';
  const payload = Buffer.from(statementText(subject, predicateType, findings)).toString('base64');
  const envelope = jsonBlob('application/vnd.dsse.envelope.v1+json', {
    payloadType: inToto,
    payload,
    signatures: [{ keyid: '', sig: Buffer.from('a sample signs nothing').toString('base64') }],
  });
  return artifact(envelope, {
    artifactType: envelope.descriptor.mediaType,
    subject: plainDescriptor(subject),
    annotations: { predicateType, 'org.opencontainers.image.created': created.toISOString() },
  });
}

/** What stands behind cosign's tag: https://github.com/sigstore/cosign/blob/v2.4.0/specs/SIGNATURE_SPEC.md */
export function cosignSignature({ digest }: Descriptor): BuiltManifest & { readonly tag: string } {
  const payload = jsonBlob('application/vnd.dev.cosign.simplesigning.v1+json', {
    critical: {
      identity: { 'docker-reference': 'acme/api' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  const annotations = { 'dev.cosignproject.cosign/signature': 'YSBzYW1wbGUgc2lnbnMgbm90aGluZw==' };
  const signature = artifact({ ...payload, descriptor: { ...payload.descriptor, annotations } }, {});
  return { ...signature, tag: `sha256-${digestHex(digest)}.sig` };
}

/** A list of the image's packages that names the image as its subject. */
export function billOfMaterials(subject: Descriptor): BuiltManifest {
  return artifact(blob('application/spdx+json', Buffer.from(JSON.stringify(packages))), {
    artifactType: 'application/spdx+json',
    subject: plainDescriptor(subject),
    annotations: { 'org.opencontainers.image.created': created.toISOString() },
  });
}

/** A manifest around one document. */
export function artifact(document: Blob, members: Readonly<Record<string, unknown>>): BuiltManifest {
  const config = blob(mediaType.ociEmpty, Buffer.from('{}'));
  const manifest = jsonBlob(mediaType.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaType.ociManifest,
    config: config.descriptor,
    layers: [document.descriptor],
    ...members,
  });
  return { ...manifest, blobs: [config, document] };
}

const packages = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'acme/api',
  packages: [{ SPDXID: 'SPDXRef-acme-base', name: 'acme-base', versionInfo: '1.1', licenseDeclared: 'MIT' }],
};

const provenance = {
  buildDefinition: { buildType: 'https://acme.example/build/v1', externalParameters: {} },
};

const findings = {
  scanner: { uri: 'https://scanner.acme.example', version: '4.2.0', result: { vulnerabilities: [] } },
};

const openApi = `${JSON.stringify(
  { openapi: '3.1.0', info: { title: 'Acme API', version: '1.0.0' }, paths: { '/health': { get: {} } } },
  undefined,
  2,
)}\n`;
