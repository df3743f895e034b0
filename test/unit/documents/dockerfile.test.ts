import assert from 'node:assert/strict';
import { DockerfileParser } from 'dockerfile-ast';
import { readDockerfileText } from '../../../src/documents/dockerfileInstructions.ts';
import { mentionLines } from './mentionText.ts';

const hub = 'docker.io/library';
const digest = `sha256:${'a'.repeat(64)}`;

type Row = [behaviour: string, text: string, mentions: string[]];

/** What each file's mentions are, as `mentionLines` writes them. */
const table: Record<string, Row[]> = {
  FROM: [
    ['names an image', 'FROM alpine:3.19', [`from alpine:3.19 at 0:5 = ${hub}/alpine:3.19`]],
    [
      'may be written small and indented',
      '\n  from\talpine  as\tx',
      [`from alpine at 1:7 = ${hub}/alpine:latest, stage x`],
    ],
    ['keeps its digest', `FROM a:1@${digest}`, [`from a:1@${digest} at 0:5 = ${hub}/a:1@${digest}`]],
    [
      'has a platform',
      'FROM --platform=linux/arm64 a AS b',
      [`from a at 0:28 = ${hub}/a:latest, stage b, platform linux/arm64`],
    ],
    [
      'shows the platform as it is written',
      'FROM --platform=$BUILDPLATFORM a',
      [`from a at 0:31 = ${hub}/a:latest, platform $BUILDPLATFORM`],
    ],
    [
      'may have its platform in quotes',
      'FROM --platform="linux/arm64" a',
      [`from a at 0:30 = ${hub}/a:latest, platform linux/arm64`],
    ],
    [
      'may be in quotes, which do not count',
      `FROM "a:1"\nFROM 'b' AS x`,
      [`from a:1 at 0:6 = ${hub}/a:1`, `from b at 1:6 = ${hub}/b:latest, stage x`],
    ],
    ['may be in quotes in part', `FROM "a":'1'`, [`from "a":'1' at 0:5 = ${hub}/a:1`]],
    ['may be scratch', 'FROM scratch', ['from scratch at 0:5 = (scratch)']],
    [
      'may be nonsense',
      'FROM Not:A:Ref\nFROM "a',
      ['from Not:A:Ref at 0:5 = (invalid)', 'from "a at 1:5 = (invalid)'],
    ],
    [
      'without anything is still a row',
      'FROM\nFROM ""\n',
      ['from  at 0:4 = (invalid)', 'from  at 1:6 = (invalid)'],
    ],
    [
      'is whatever the host is: ports and IPv6',
      'FROM [::1]:5000/a/b',
      ['from [::1]:5000/a/b at 0:5 = [::1]:5000/a/b:latest'],
    ],
    [
      'of 64 hex digits is refused, as Docker does',
      `FROM ${'a'.repeat(64)}`,
      [`from ${'a'.repeat(64)} at 0:5 = (invalid)`],
    ],
    [
      'with Windows line ends',
      'FROM a\r\nFROM b AS c\r\n',
      [`from a at 0:5 = ${hub}/a:latest`, `from b at 1:5 = ${hub}/b:latest, stage c`],
    ],
    ['behind a byte order mark', '\uFEFFFROM a', [`from a at 0:6 = ${hub}/a:latest`]],
    [
      'has UTF-16 columns',
      'FROM a AS 𝒳\nFROM --platform=𝒳 b',
      [`from a at 0:5 = ${hub}/a:latest, stage 𝒳`, `from b at 1:19 = ${hub}/b:latest, platform 𝒳`],
    ],
  ],
  'A continued line': [
    ['goes on behind a backslash', 'FROM \\\n  a \\\n  AS x', [`from a at 1:2 = ${hub}/a:latest, stage x`]],
    ['may have blanks behind the backslash', 'FROM \\  \t\r\n a', [`from a at 1:1 = ${hub}/a:latest`]],
    [
      'may hold comments and empty lines',
      'FROM \\\n# FROM x\n\n   # y\n a',
      [`from a at 4:1 = ${hub}/a:latest`],
    ],
    [
      'may break a reference',
      'FROM al\\\npine:3\\\n.19',
      [`from al\\\npine:3\\\n.19 at 0:5 = ${hub}/alpine:3.19`],
    ],
    ['may break a keyword', 'FR\\\nOM a', [`from a at 1:3 = ${hub}/a:latest`]],
    ['does not go on behind two backslashes', 'RUN x \\\\\nFROM a', [`from a at 1:5 = ${hub}/a:latest`]],
    [
      'uses the backtick where the directive says so',
      '# escape=`\nFROM `\na\nRUN \\\nFROM b',
      [`from a at 2:0 = ${hub}/a:latest`, `from b at 4:5 = ${hub}/b:latest`],
    ],
    ['may end with the file', 'FROM a \\', [`from a at 0:5 = ${hub}/a:latest`]],
    [
      'of a RUN hides no FROM, and is hidden by none',
      'RUN x \\\n FROM a\nFROM b',
      [`from b at 2:5 = ${hub}/b:latest`],
    ],
  ],
  'A parser directive': [
    [
      'names the frontend',
      '# syntax=docker/dockerfile:1\nFROM a',
      [
        'syntax docker/dockerfile:1 at 0:9 = docker.io/docker/dockerfile:1',
        `from a at 1:5 = ${hub}/a:latest`,
      ],
    ],
    ['may have blanks and capitals', '#\tSyntax = x/y:1 \t\n', ['syntax x/y:1 at 0:11 = docker.io/x/y:1']],
    ['stands before anything else', 'FROM a\n# syntax=x', [`from a at 0:5 = ${hub}/a:latest`]],
    [
      'does not stand behind a comment',
      '# hello\n# syntax=x\n# escape=`\nFROM \\\na',
      [`from a at 4:0 = ${hub}/a:latest`],
    ],
    ['does not stand behind an unknown directive', '# see = this\n# syntax=x', []],
    ['does not stand behind an empty line', '\n# syntax=x', []],
    [
      'may stand behind others',
      '# escape=`\n# check=skip=all\n# syntax=x:1',
      [`syntax x:1 at 2:9 = ${hub}/x:1`],
    ],
    ['may stand behind a shebang', '#!/usr/bin/env x\n# syntax=x:1', [`syntax x:1 at 1:9 = ${hub}/x:1`]],
    ['counts once', '# syntax=x:1\n# syntax=x:2', [`syntax x:1 at 0:9 = ${hub}/x:1`]],
    ['has no variables', '# syntax=x:$V', ['syntax x:$V at 0:9 = (invalid)']],
    ['follows a byte order mark', '\uFEFF# syntax=x', [`syntax x at 0:10 = ${hub}/x:latest`]],
  ],
  'A stage': [
    [
      'is named whatever the case',
      'FROM a AS Build\nFROM BUILD',
      [`from a at 0:5 = ${hub}/a:latest, stage Build`, 'from BUILD at 1:5 = (stage), is Build of line 0'],
    ],
    [
      'is no stage before it begins',
      'FROM b AS b\nFROM b',
      [`from b at 0:5 = ${hub}/b:latest, stage b`, 'from b at 1:5 = (stage), is b of line 0'],
    ],
    [
      'further down is an image for FROM',
      'FROM b\nFROM a AS b',
      [`from b at 0:5 = ${hub}/b:latest`, `from a at 1:5 = ${hub}/a:latest, stage b`],
    ],
    [
      'is an image where it has a tag',
      'FROM a AS b\nFROM b:1',
      [`from a at 0:5 = ${hub}/a:latest, stage b`, `from b:1 at 1:5 = ${hub}/b:1`],
    ],
    [
      'has a number for COPY, not for FROM',
      'FROM a\nFROM 0\nCOPY --from=0 x y',
      [
        `from a at 0:5 = ${hub}/a:latest`,
        `from 0 at 1:5 = ${hub}/0:latest`,
        'copyFrom 0 at 2:12 = (stage), stage 1, is 0 of line 0',
      ],
    ],
    [
      'that is not there has no number',
      'FROM a\nCOPY --from=7 x y',
      [`from a at 0:5 = ${hub}/a:latest`, 'copyFrom 7 at 1:12 = (invalid), stage 0'],
    ],
    [
      'may be chosen by an argument',
      `ARG S=x\nFROM a AS x\nFROM \${S}`,
      [`from a at 1:5 = ${hub}/a:latest, stage x`, `from \${S} at 2:5 = (stage), is x of line 1`],
    ],
    [
      'may stand further down for COPY',
      'FROM a\nCOPY --from=z x y\nFROM b AS z',
      [
        `from a at 0:5 = ${hub}/a:latest`,
        'copyFrom z at 1:12 = (stage), stage 0, is z of line 2',
        `from b at 2:5 = ${hub}/b:latest, stage z`,
      ],
    ],
    [
      'of two with one name is the last',
      'FROM a AS x\nFROM b AS x\nFROM x',
      [
        `from a at 0:5 = ${hub}/a:latest, stage x`,
        `from b at 1:5 = ${hub}/b:latest, stage x`,
        'from x at 2:5 = (stage), is x of line 1',
      ],
    ],
  ],
  'COPY and RUN': [
    [
      'copy from images',
      'FROM a AS b\nCOPY --from=x:1 /a /b',
      [`from a at 0:5 = ${hub}/a:latest, stage b`, `copyFrom x:1 at 1:12 = ${hub}/x:1, stage b`],
    ],
    [
      'take the flag in any place and quotes',
      `COPY --link --from="x:1" --chown=0 a b\nCOPY --from='y' a b`,
      [`copyFrom x:1 at 0:20 = ${hub}/x:1`, `copyFrom y at 1:13 = ${hub}/y:latest`],
    ],
    [
      'have none without it',
      'ADD a b\nCOPY a b\nCOPY a --from=x b\nADD --from=x a b\nCOPY --from= a b\nCOPY --from a b',
      [],
    ],
    ['may copy from scratch', 'COPY --from=scratch / /', ['copyFrom scratch at 0:12 = (scratch)']],
    [
      'substitute nothing',
      `ARG V=1\nFROM a\nCOPY --from=x:$V a b\nCOPY --from=\${V} a b`,
      [
        `from a at 1:5 = ${hub}/a:latest`,
        'copyFrom x:$V at 2:12 = (unresolved-argument), stage 0',
        `copyFrom \${V} at 3:12 = (unresolved-argument), stage 0`,
      ],
    ],
    [
      'mount from images, several, in any order',
      'RUN --mount=type=bind,from=x:1,target=/x --mount=from=y,target=/y make',
      [`mountFrom x:1 at 0:27 = ${hub}/x:1`, `mountFrom y at 0:54 = ${hub}/y:latest`],
    ],
    [
      'mount in quotes',
      `RUN --mount="type=bind,from=x:1" a\nRUN --mount=type=bind,FROM='y' a\nRUN --mount='"type=bind","from=z:1"' a`,
      [
        `mountFrom x:1 at 0:28 = ${hub}/x:1`,
        `mountFrom y at 1:28 = ${hub}/y:latest`,
        `mountFrom z:1 at 2:31 = ${hub}/z:1`,
      ],
    ],
    [
      'mount over several lines',
      'RUN --network=none \\\n  --mount=type=bind,\\\nfrom=x:1,target=/x \\\n  make',
      [`mountFrom x:1 at 2:5 = ${hub}/x:1`],
    ],
    [
      'know flags from the command',
      'RUN make --mount=from=x\nRUN --mount=target=/x,fromage=x\nRUN --mount=from',
      [],
    ],
    [
      'may come with ONBUILD',
      'ONBUILD COPY --from=x a b\nonbuild run --mount=from=y z\nONBUILD FROM q',
      [`copyFrom x at 0:20 = ${hub}/x:latest`, `mountFrom y at 1:25 = ${hub}/y:latest`],
    ],
    [
      'mount stages',
      'FROM a AS b\nRUN --mount=from=B x',
      [`from a at 0:5 = ${hub}/a:latest, stage b`, 'mountFrom B at 1:17 = (stage), stage b, is b of line 0'],
    ],
  ],
  'A heredoc': [
    ['holds no instructions', 'RUN <<EOF\nFROM x\nEOF\nFROM a', [`from a at 3:5 = ${hub}/a:latest`]],
    [
      'may be quoted, numbered, tabbed',
      `RUN cat <<"A" 3<<'B' <<-C > x\nFROM 1\nA\nFROM 2\nB\nFROM 3\n\tC\nFROM a`,
      [`from a at 7:5 = ${hub}/a:latest`],
    ],
    [
      'may stand in COPY, ADD and ONBUILD',
      'COPY <<A /x\nFROM 1\nA\nADD <<B /x\nFROM 2\nB\nONBUILD RUN <<C\nFROM 3\nC\nFROM a',
      [`from a at 9:5 = ${hub}/a:latest`],
    ],
    [
      'may stand on a continued line',
      'RUN x \\\n  <<EOF\nFROM x\nEOF\nFROM a',
      [`from a at 4:5 = ${hub}/a:latest`],
    ],
    [
      'is not what stands in quotes or elsewhere',
      'RUN echo "<<EOF"\nRUN echo a<<EOF\nLABEL x=<<EOF\nFROM a',
      [`from a at 3:5 = ${hub}/a:latest`],
    ],
    ['in JSON is text', 'RUN ["cat", "<<EOF"]\nFROM a', [`from a at 1:5 = ${hub}/a:latest`]],
    ['needs its closing line as it is', 'RUN <<EOF\n EOF\nEOF \nFROM x', []],
    [
      'with Windows line ends',
      'RUN <<EOF\r\nFROM x\r\nEOF\r\nFROM a\r\n',
      [`from a at 3:5 = ${hub}/a:latest`],
    ],
    [
      'comes with a mount',
      'RUN --mount=from=x,target=/x <<EOF\nFROM y\nEOF',
      [`mountFrom x at 0:17 = ${hub}/x:latest`],
    ],
  ],
  'A comment': [
    [
      'mentions nothing',
      '# FROM x\n  # COPY --from=x a b\nFROM a # FROM b',
      [`from a at 2:5 = ${hub}/a:latest`],
    ],
  ],
  'An argument': [
    [
      'is substituted',
      `ARG V=3\nFROM a:$V\nFROM a:\${V}-x`,
      [`from a:$V at 1:5 = ${hub}/a:3, from ARG V`, `from a:\${V}-x at 2:5 = ${hub}/a:3-x`],
    ],
    [
      'may be in quotes',
      `ARG A="a:1" B='2'\nFROM $A\nFROM b:$B`,
      [`from $A at 1:5 = ${hub}/a:1, from ARG A`, `from b:$B at 2:5 = ${hub}/b:2, from ARG B`],
    ],
    [
      'may be one of several',
      'ARG A=1 B=2 \\\n C=3\nFROM a:$A.$B.$C',
      [`from a:$A.$B.$C at 2:5 = ${hub}/a:1.2.3, from ARG C`],
    ],
    ['may use others', `ARG V=3\nARG I=a:\${V}\nFROM $I`, [`from $I at 2:5 = ${hub}/a:3, from ARG V`]],
    [
      'holds the last value before the first FROM',
      'ARG V=1\nARG V=2\nARG V\nFROM a:$V\nARG V=3\nFROM a:$V',
      [`from a:$V at 3:5 = ${hub}/a:2, from ARG V`, `from a:$V at 5:5 = ${hub}/a:2, from ARG V`],
    ],
    [
      'of a stage does not reach FROM',
      'FROM a\nARG V=1\nFROM b:$V',
      [`from a at 0:5 = ${hub}/a:latest`, 'from b:$V at 2:5 = (unresolved-argument)'],
    ],
    [
      'without a value is unresolved',
      `ARG V\nFROM a:$V\nFROM a\${W}`,
      ['from a:$V at 1:5 = (unresolved-argument)', `from a\${W} at 2:5 = (unresolved-argument)`],
    ],
    ['without a value wins over what would parse', 'FROM a$V', ['from a$V at 0:5 = (unresolved-argument)']],
    [
      'hands on that it has no value',
      'ARG V\nARG I=a:$V\nFROM $I',
      ['from $I at 2:5 = (unresolved-argument)'],
    ],
    [
      'of the platform is known only to the build',
      'FROM a:$TARGETARCH',
      ['from a:$TARGETARCH at 0:5 = (unresolved-argument)'],
    ],
    ['may be empty', `ARG R=\nFROM \${R}a`, [`from \${R}a at 1:5 = ${hub}/a:latest`]],
    ['names are case-sensitive', 'ARG v=1\nFROM a:$V', ['from a:$V at 1:5 = (unresolved-argument)']],
    [
      'is not substituted where it is escaped or in single quotes',
      `ARG V=1\nFROM a:\\$V\nFROM 'a:$V'`,
      ['from a:\\$V at 1:5 = (invalid)', 'from a:$V at 2:6 = (invalid)'],
    ],
    [
      'is substituted in double quotes',
      'ARG V=1\nFROM "a:$V"',
      [`from a:$V at 1:6 = ${hub}/a:1, from ARG V`],
    ],
    [
      'may refer to itself as it was before',
      'ARG V=1\nARG V=$V.2\nFROM a:$V',
      [`from a:$V at 2:5 = ${hub}/a:1.2, from ARG V`],
    ],
  ],
  'A substitution': [
    [
      'has a default',
      `FROM a:\${V:-1}\nFROM a:\${V-2}`,
      [`from a:\${V:-1} at 0:5 = ${hub}/a:1`, `from a:\${V-2} at 1:5 = ${hub}/a:2`],
    ],
    [
      'tells unset from empty',
      `ARG E=\nFROM a\${E:-:1}\nFROM a\${E-:1}`,
      [`from a\${E:-:1} at 1:5 = ${hub}/a:1`, `from a\${E-:1} at 2:5 = ${hub}/a:latest, from ARG E`],
    ],
    [
      'has an alternative',
      `ARG V=1\nFROM a\${V:+:2}\nFROM a\${W:+:2}\nFROM a\${W+:2}`,
      [
        `from a\${V:+:2} at 1:5 = ${hub}/a:2`,
        `from a\${W:+:2} at 2:5 = ${hub}/a:latest`,
        `from a\${W+:2} at 3:5 = ${hub}/a:latest`,
      ],
    ],
    [
      'may demand a value',
      `ARG V=1\nFROM a:\${V:?no}\nFROM a:\${W:?no}`,
      [`from a:\${V:?no} at 1:5 = ${hub}/a:1, from ARG V`, `from a:\${W:?no} at 2:5 = (unresolved-argument)`],
    ],
    [
      'may be nested',
      `ARG B=1\nFROM a:\${A:-\${B:-2}}\nFROM a:\${A:-\${C:-3}}`,
      [
        `from a:\${A:-\${B:-2}} at 1:5 = ${hub}/a:1, from ARG B`,
        `from a:\${A:-\${C:-3}} at 2:5 = ${hub}/a:3`,
      ],
    ],
    [
      'does not need what it does not use',
      `ARG V=1\nFROM a:\${V:-$NONE}`,
      [`from a:\${V:-$NONE} at 1:5 = ${hub}/a:1, from ARG V`],
    ],
    [
      'cuts at the front',
      `ARG V=v1.2.3\nFROM a:\${V#v}\nFROM a:\${V#*.}\nFROM a:\${V##*.}`,
      [
        `from a:\${V#v} at 1:5 = ${hub}/a:1.2.3, from ARG V`,
        `from a:\${V#*.} at 2:5 = ${hub}/a:2.3, from ARG V`,
        `from a:\${V##*.} at 3:5 = ${hub}/a:3, from ARG V`,
      ],
    ],
    [
      'cuts at the end',
      `ARG V=1.2.3\nFROM a:\${V%.*}\nFROM a:\${V%%.*}\nFROM a:\${V%.?}`,
      [
        `from a:\${V%.*} at 1:5 = ${hub}/a:1.2`,
        `from a:\${V%%.*} at 2:5 = ${hub}/a:1`,
        `from a:\${V%.?} at 3:5 = ${hub}/a:1.2`,
      ],
    ],
    [
      'replaces',
      `ARG V=1.2.3\nFROM a:\${V/./-}\nFROM a:\${V//./-}\nFROM a:\${V/x/y}`,
      [
        `from a:\${V/./-} at 1:5 = ${hub}/a:1-2.3`,
        `from a:\${V//./-} at 2:5 = ${hub}/a:1-2-3`,
        `from a:\${V/x/y} at 3:5 = ${hub}/a:1.2.3`,
      ],
    ],
    [
      'that is broken is invalid',
      `ARG V=1\nFROM a:\${V\nFROM a:\${}\nFROM a:\${V!x}\nFROM a:\${:-x}`,
      [
        `from a:\${V at 1:5 = (invalid)`,
        `from a:\${} at 2:5 = (invalid)`,
        `from a:\${V!x} at 3:5 = (invalid)`,
        `from a:\${:-x} at 4:5 = (invalid)`,
      ],
    ],
    [
      'leaves a lone dollar sign',
      'FROM a$\nFROM a$/b',
      ['from a$ at 0:5 = (invalid)', 'from a$/b at 1:5 = (invalid)'],
    ],
  ],
};

for (const [subject, rows] of Object.entries(table)) {
  describe(subject, () => {
    for (const [behaviour, text, mentions] of rows) {
      it(behaviour, () => assert.deepEqual(mentionLines('dockerfile', text), mentions));
    }
  });
}

describe('Instructions', () => {
  it('are the ones that another parser finds in ordinary files', () => {
    const text = `# syntax=docker/dockerfile:1
ARG GO=1.22
FROM golang:\${GO} AS build
WORKDIR /src
COPY go.mod go.sum ./
# a comment
RUN --mount=type=cache,target=/root/.cache \\
    # another
    go build \\
      -o /out ./...

RUN <<EOF
FROM nothing
EOF
FROM scratch
COPY --from=build /out /
ENTRYPOINT ["/out"]
`;
    const theirs = DockerfileParser.parse(text)
      .getInstructions()
      .map((one) => one.getKeyword());
    assert.deepEqual(
      readDockerfileText(text).instructions.map(({ keyword }) => keyword),
      theirs,
    );
  });
});
