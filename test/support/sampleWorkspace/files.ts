/** Every kind of mention that a Dockerfile can have: pinned and not, by arguments, of stages, and such as lead nowhere. */
export function multiStageDockerfile(host: string, pinned: string): string {
  return `# syntax=docker/dockerfile:1
# Hover over any image name below. Nothing has to be pulled, and no Docker is needed.

ARG REGISTRY=${host}
ARG BASE_VERSION=1.1
ARG TOOLS=\${REGISTRY}/acme/tools

# The tag comes from an argument: pinning writes the digest where the tag stands.
FROM \${REGISTRY}/acme/base:\${BASE_VERSION} AS base

# Pinned: this stays what it is, whatever happens to the tag.
FROM ${host}/acme/base:1.0@${pinned} AS frozen

FROM \${TOOLS} AS tools

# A stage, not an image.
FROM base AS build
RUN --mount=type=bind,from=${host}/acme/tools:latest,source=/opt/tools,target=/opt/tools \\
    --mount=type=cache,target=/var/cache/build \\
    cp -r /opt/tools/node_modules /srv/modules
COPY site/ /srv/site/
COPY --from=${host}/acme/web:1.4.1 /srv/web/public/app.css /srv/site/

# One platform of several.
FROM --platform=linux/arm64 ${host}/acme/api:1.0.0 AS api

# A single manifest, a Docker manifest list, an image for Windows too.
FROM ${host}/acme/cron AS cron
FROM ${host}/acme/legacy:3.2 AS legacy
FROM ${host}/acme/agent:6.0 AS agent

# Three that lead nowhere: an argument without a value, and what the registry does not have.
ARG UNDECIDED
FROM \${UNDECIDED}/team/app:1.0 AS undecided
FROM ${host}/acme/missing:1.0 AS missing
FROM ${host}/acme/web:9.9 AS future

# From Docker Hub: this one needs a network.
FROM alpine:latest AS hub

FROM scratch AS rootless
COPY --from=frozen /etc/ssl/certs /etc/ssl/certs

FROM ${host}/acme/web:2.0.0
LABEL org.opencontainers.image.title="Acme sample"
COPY --from=build /srv/site /srv/site
COPY --from=1 /etc/os-release /srv/site/base-release
COPY --from=rootless / /srv/rootless
USER 1000
`;
}

/** A short one that builds as it stands. */
export function smallDockerfile(host: string): string {
  return `FROM ${host}/acme/base:latest
COPY --from=${host}/acme/tools /etc/tools /etc/tools
CMD ["/usr/bin/hello"]
`;
}

export function composeFile(host: string, pinned: string): string {
  return `name: acme

services:
  web:
    image: ${host}/acme/web:2
    ports: ["8080:8080"]
    depends_on: [api]

  api:
    image: "${host}/acme/api:1.0.0"
    platform: linux/amd64

  cron:
    image: ${host}/acme/base@${pinned}
    command: [/usr/bin/hello]

  tools:
    build: ./tools
    image: acme/tools:dev

  store:
    image: \${STORE_IMAGE}
`;
}

export function readme(host: string): string {
  return `# Strata's sample workspace

The images here come from a small registry that runs on this machine at \`${host}\`, so everything works without a network.

Things to try:

1. Open \`Dockerfile\` and rest the mouse on an image name: its digest, platforms, sizes, user and ports, asked of the registry
   just now and without pulling anything. Stages, \`scratch\` and arguments without a value say what they are instead.
2. With the cursor on \`acme/web:2.0.0\`, run **Strata: Pin Tag to Digest**. The digest is written behind the tag. On
   \`\${BASE_VERSION}\` it goes to where the argument has its value.
3. Run **Strata: Pull Image…** on \`${host}/acme/web:2.0.0\` and unfold it in the **Images** view: its layers with the
   instruction that made each, then the files in them. The layer after \`npm ci\` takes away again what that step left behind.
4. Pull \`${host}/acme/web:1.4.1\` too: it shares layers with 1.4.0, and with \`acme/base:1.0\`.
5. The view **In This Workspace** lists every image that the files here mention. \`acme/missing\` does not exist, and says so.
6. \`alpine:latest\` comes from Docker Hub: with a network, it hovers and pulls as all others do.

The same from the terminal (**Terminal: Create New Terminal**), where \`strata\` is on the PATH: \`sh session.sh\` tells the life of an image
in Docker's own verbs; \`strata files ${host}/acme/web:2.0.0\` lists what is in one.
`;
}
