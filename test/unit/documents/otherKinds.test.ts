import assert from 'node:assert/strict';
import type { DocumentKind } from '../../../src/documents/mention.ts';
import { mentionLines } from './mentionText.ts';

const hub = 'docker.io/library';

type Row = [behaviour: string, text: string, mentions: string[]];

const table: Partial<Record<DocumentKind, Row[]>> = {
  compose: [
    [
      'names images of services',
      'services:\n  a:\n    image: x:1\n  b: {image: "y"}',
      [`image x:1 at 2:11 = ${hub}/x:1`, `image y at 3:14 = ${hub}/y:latest`],
    ],
    [
      'has platforms',
      'services:\n  a:\n    image: x\n    platform: linux/arm64',
      [`image x at 2:11 = ${hub}/x:latest, platform linux/arm64`],
    ],
    [
      'builds what stands beside build',
      'services:\n  a:\n    build: .\n    image: x\n  b:\n    build:\n    image: y',
      ['image x at 3:11 = (built)', `image y at 6:11 = ${hub}/y:latest`],
    ],
    [
      'substitutes defaults',
      `services:\n  a:\n    image: \${R:-r.io}/x:\${T-1}`,
      [`image \${R:-r.io}/x:\${T-1} at 2:11 = r.io/x:1`],
    ],
    [
      'nests defaults',
      `services:\n  a:\n    image: x:\${A:-\${B:-2}}`,
      [`image x:\${A:-\${B:-2}} at 2:11 = ${hub}/x:2`],
    ],
    [
      'leaves variables without defaults',
      `services:\n  a: {image: "$X"}\n  b: {image: "y\${X}"}\n  c: {image: "y:\${X:?no}"}\n  d: {image: "y\${X:+:1}"}`,
      [
        'image $X at 1:14 = (unresolved-argument)',
        `image y\${X} at 2:14 = (unresolved-argument)`,
        `image y:\${X:?no} at 3:14 = (unresolved-argument)`,
        `image y\${X:+:1} at 4:14 = ${hub}/y:latest`,
      ],
    ],
    ['escapes the dollar sign', 'services:\n  a: {image: "x:$$V"}', ['image x:$$V at 1:14 = (invalid)']],
    [
      'leaves a variable before it is built',
      'services:\n  a: {image: "$X", build: .}',
      ['image $X at 1:14 = (unresolved-argument)'],
    ],
    [
      'follows anchors to where the text stands',
      'x-i: &i "x:1"\nx-s: &s\n  image: y\nservices:\n  a: {image: *i}\n  b: {<<: *s}\n  c: *s',
      [`image x:1 at 0:9 = ${hub}/x:1`, `image y at 2:9 = ${hub}/y:latest`],
    ],
    [
      'follows lists of merges, own keys first',
      'a: &a {image: x}\nb: &b {image: y}\nservices:\n  s: {<<: [*a, *b]}\n  t: {image: z, <<: *b}',
      [`image x at 0:14 = ${hub}/x:latest`, `image z at 4:13 = ${hub}/z:latest`],
    ],
    [
      'knows block scalars',
      'services:\n  a:\n    image: >-\n      x:1\n  b:\n    image: |\n      y\n      z',
      [`image x:1 at 3:6 = ${hub}/x:1`, 'image y\n      z at 6:6 = (invalid)'],
    ],
    [
      'leaves out comments, quotes and nothing',
      `services:\n  a:\n    image: 'x' # y\n  # image: z\n  b:\n    image:\n  c:\n    image: ""\n  d:\n    image: ~`,
      [`image x at 2:12 = ${hub}/x:latest`],
    ],
    [
      'takes what is written for what is meant',
      'services:\n  a: {image: 3.10}',
      [`image 3.10 at 1:13 = ${hub}/3.10:latest`],
    ],
    ['has no images elsewhere', 'image: x\nvolumes:\n  a: {image: y}\nservices: [image]', []],
    [
      'with Windows line ends',
      'services:\r\n  a:\r\n    image: x\r\n',
      [`image x at 2:11 = ${hub}/x:latest`],
    ],
  ],
  kubernetes: [
    [
      'has containers of each sort',
      'apiVersion: v1\nkind: Pod\nspec:\n  initContainers: [{image: a}]\n  containers:\n  - image: b\n  ephemeralContainers:\n  - image: c',
      [
        `image a at 3:27 = ${hub}/a:latest`,
        `image b at 5:11 = ${hub}/b:latest`,
        `image c at 7:11 = ${hub}/c:latest`,
      ],
    ],
    [
      'has pod templates, at any depth',
      'apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{image: a}]}}}}}',
      [`image a at 2:67 = ${hub}/a:latest`],
    ],
    [
      'has Lists and several documents',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec: {containers: [{image: a}]}\n---\n# none\n---\napiVersion: v1\nkind: Pod\nspec: {containers: [{image: b}]}',
      [`image a at 5:30 = ${hub}/a:latest`, `image b at 11:28 = ${hub}/b:latest`],
    ],
    ['is an object, not just any YAML', 'spec: {containers: [{image: a}]} # apiVersion', []],
    [
      'has no images but of containers',
      'apiVersion: v1\nkind: X\nimage: a\nspec: {image: b, volumes: [{image: c}]}',
      [],
    ],
    [
      'leaves templates',
      'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: "{{ .Values.r }}:{{ .Values.t }}"\n  - image: {{ .x }}\n  - image: x:$(TAG)',
      [
        'image {{ .Values.r }}:{{ .Values.t }} at 4:12 = (unresolved-argument)',
        'image x:$(TAG) at 6:11 = (unresolved-argument)',
      ],
    ],
  ],
  workflow: [
    [
      'has containers of jobs',
      'jobs:\n  a:\n    container: x\n  b:\n    container:\n      image: y:1',
      [`image x at 2:15 = ${hub}/x:latest`, `image y:1 at 5:13 = ${hub}/y:1`],
    ],
    [
      'has services',
      'jobs:\n  a:\n    services:\n      r:\n        image: redis:7',
      [`image redis:7 at 4:15 = ${hub}/redis:7`],
    ],
    [
      'uses images as steps, without the scheme',
      `jobs:\n  a:\n    steps:\n    - uses: docker://x:1\n    - uses: 'docker://y'\n    - uses: actions/checkout@v4\n    - uses: ./local`,
      [`image x:1 at 3:21 = ${hub}/x:1`, `image y at 4:22 = ${hub}/y:latest`],
    ],
    [
      'leaves expressions',
      `jobs:\n  a:\n    container: \${{ matrix.image }}\n  b:\n    container: x:\${{ env.V }}`,
      [
        `image \${{ matrix.image }} at 2:15 = (unresolved-argument)`,
        `image x:\${{ env.V }} at 4:15 = (unresolved-argument)`,
      ],
    ],
    [
      'has an action’s image',
      'runs:\n  using: docker\n  image: docker://x:1',
      [`image x:1 at 2:18 = ${hub}/x:1`],
    ],
    ['knows a Dockerfile’s path from an image', 'runs:\n  using: docker\n  image: Dockerfile', []],
    [
      'has steps of composite actions',
      'runs:\n  using: composite\n  steps: [{uses: "docker://x"}]',
      [`image x at 2:27 = ${hub}/x:latest`],
    ],
    [
      'has no images elsewhere',
      'env: {image: x}\njobs:\n  a:\n    with: {image: y}\n    steps: [{with: {image: z}}]',
      [],
    ],
  ],
  gitlab: [
    [
      'has images for all jobs, by default and of jobs',
      'image: a\ndefault:\n  image: b\njob:\n  image: c:1\n.hidden:\n  image: d',
      [
        `image a at 0:7 = ${hub}/a:latest`,
        `image b at 2:9 = ${hub}/b:latest`,
        `image c:1 at 4:9 = ${hub}/c:1`,
        `image d at 6:9 = ${hub}/d:latest`,
      ],
    ],
    [
      'names them in maps too',
      'job:\n  image:\n    name: a\n    entrypoint: [""]\n    docker: {platform: linux/arm64}',
      [`image a at 2:10 = ${hub}/a:latest, platform linux/arm64`],
    ],
    [
      'has services',
      'services: [a]\njob:\n  services:\n  - b:1\n  - name: c\n    alias: d',
      [
        `image a at 0:11 = ${hub}/a:latest`,
        `image b:1 at 3:4 = ${hub}/b:1`,
        `image c at 4:10 = ${hub}/c:latest`,
      ],
    ],
    [
      'knows the variables of the file',
      `variables:\n  V: "1"\n  W: {value: "2", description: x}\nimage: a:$V\njob:\n  variables: {V: "3"}\n  image: a:\${V}\n  services: ["a:$W"]`,
      [
        `image a:$V at 3:7 = ${hub}/a:1`,
        `image a:\${V} at 6:9 = ${hub}/a:3`,
        `image a:$W at 7:14 = ${hub}/a:2`,
      ],
    ],
    [
      'leaves the others',
      'image: $CI_REGISTRY_IMAGE:1\njob:\n  image: $[[ inputs.image ]]',
      [
        'image $CI_REGISTRY_IMAGE:1 at 0:7 = (unresolved-argument)',
        'image $[[ inputs.image ]] at 2:9 = (unresolved-argument)',
      ],
    ],
    ['has no images among variables', 'variables:\n  image: a\nworkflow: {image: b}\ncache: {image: c}', []],
    ['lets references be', 'job:\n  image: !reference [.a, image]', []],
  ],
  devcontainer: [
    [
      'names its image',
      '{"image": "mcr.microsoft.com/x:1"}',
      ['image mcr.microsoft.com/x:1 at 0:11 = mcr.microsoft.com/x:1'],
    ],
    [
      'may have comments and commas',
      '// a\n{ /* "image": "y" */\n  "image": "x", // z\n}',
      [`image x at 2:12 = ${hub}/x:latest`],
    ],
    [
      'has defaults of variables',
      `{"image": "x:\${localEnv:V:1}"}`,
      [`image x:\${localEnv:V:1} at 0:11 = ${hub}/x:1`],
    ],
    [
      'leaves other variables',
      `{"image": "x:\${localEnv:V}"}`,
      [`image x:\${localEnv:V} at 0:11 = (unresolved-argument)`],
    ],
    ['has none in other places', '{"build": {"image": "x"}, "features": {"ghcr.io/a/b:1": {}}}', []],
    ['may be cut off', '{"image": "x', [`image x at 0:11 = ${hub}/x:latest`]],
    ['may have another type', '{"image": 1}', []],
  ],
  bake: [
    [
      'has images as contexts',
      'target "a" {\n  contexts = {\n    x = "docker-image://y:1"\n    z = "target:b"\n  }\n}',
      [`image y:1 at 2:24 = ${hub}/y:1`],
    ],
    [
      'knows comments and heredocs',
      '# "docker-image://a"\n// "docker-image://b"\n/* "docker-image://c" */\nx = <<X\n"docker-image://d"\nX\ny = "docker-image://e"',
      [`image e at 6:20 = ${hub}/e:latest`],
    ],
    [
      'knows defaults of variables',
      `variable "V" { default = "1" }\ntarget "a" { contexts = { x = "docker-image://y:\${V}" } }`,
      [`image y:\${V} at 1:46 = ${hub}/y:1`],
    ],
    [
      'leaves expressions',
      `a = "docker-image://y:\${upper("v")}"`,
      [`image y:\${upper("v")} at 0:20 = (unresolved-argument)`],
    ],
    [
      'may be JSON',
      `{"variable": {"V": {"default": "1"}}, "target": {"a": {"contexts": {"x": "docker-image://y:\${V}"}}}}`,
      [`image y:\${V} at 0:89 = ${hub}/y:1`],
    ],
    ['has none without the scheme', 'target "a" { tags = ["a:1"]\n contexts = { x = "../y" } }', []],
  ],
};

for (const [kind, rows] of Object.entries(table)) {
  describe(`A ${kind} file`, () => {
    for (const [behaviour, text, mentions] of rows) {
      it(behaviour, () => assert.deepEqual(mentionLines(kind as DocumentKind, text), mentions));
    }
  });
}
