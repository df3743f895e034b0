import assert from 'node:assert/strict';
import { cleanInstruction } from '../../../src/ui/instruction.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';

const hash = '5f0a1e'.padEnd(64, '0');

const cases: readonly (readonly [builder: string, createdBy: string, cleaned: string])[] = [
  ['classic RUN', '/bin/sh -c apk add --no-cache curl', 'RUN apk add --no-cache curl'],
  ['classic CMD', '/bin/sh -c #(nop)  CMD ["nginx" "-g" "daemon off;"]', 'CMD ["nginx" "-g" "daemon off;"]'],
  ['classic ADD', `/bin/sh -c #(nop) ADD file:${hash} in / `, 'ADD … /'],
  ['classic COPY', `/bin/sh -c #(nop) COPY dir:${hash} in /app `, 'COPY … /app'],
  ['classic COPY with an owner', `/bin/sh -c #(nop) COPY --chown=1000 file:${hash} in /a `, 'COPY … /a'],
  ['build arguments', '|2 A=1 B=two words /bin/sh -c make install', 'RUN make install'],
  ['BuildKit RUN', 'RUN /bin/sh -c apt-get update # buildkit', 'RUN apt-get update'],
  ['BuildKit RUN with arguments', 'RUN |1 V=3 /bin/sh -c echo $V # buildkit', 'RUN echo $V'],
  ['BuildKit RUN without a shell', 'RUN make all # buildkit', 'RUN make all'],
  ['BuildKit COPY', 'COPY . /src # buildkit', 'COPY . /src'],
  ['BuildKit WORKDIR', 'WORKDIR /app', 'WORKDIR /app'],
  ['bash', '/bin/bash -c set -e; make', 'RUN set -e; make'],
  [
    'several lines',
    '/bin/sh -c set -eux; \tapt-get update; \n  rm -rf /x',
    'RUN set -eux; apt-get update; rm -rf /x',
  ],
  ['Windows', 'cmd /S /C #(nop)  ENV A=b', 'ENV A=b'],
  ['PowerShell', 'powershell -Command Get-Item', 'RUN Get-Item'],
  ['a tool that writes what it likes', 'bazel build //app', 'bazel build //app'],
  ['nothing', '', ''],
];

describe('the instruction of a layer', () => {
  for (const [builder, createdBy, cleaned] of cases) {
    it(`is read without its builder's noise: ${builder}`, () => {
      assert.equal(cleanInstruction(createdBy), cleaned);
    });
  }

  it('is cleaned in linear time', () => {
    const hostile = `|2 ${'A=/bin/sh '.repeat(200_000)}`;
    const start = processorMilliseconds();
    cleanInstruction(hostile);
    assert.ok(processorMilliseconds() - start < 1000);
  });
});
