import assert from 'node:assert/strict';
import { matchHistory } from '../../../src/documents/dockerfileHistory.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';

const hash = '5f0a1e'.padEnd(64, '0');
const rootfs = `/bin/sh -c #(nop) ADD file:${hash} in / `;

interface Case {
  readonly what: string;
  readonly file: readonly string[];
  /** Each step of the history, and the line (from 1) of the instruction that made it. */
  readonly history: readonly (readonly [createdBy: string, line: number | undefined])[];
}

const cases: readonly Case[] = [
  {
    what: 'BuildKit’s history',
    file: [
      'FROM debian:12',
      'ENV LANG="C.UTF-8" MODE=fast',
      'WORKDIR /src',
      'COPY --chown=1000:1000 . /src/',
      'RUN make',
      'EXPOSE 80 443/udp',
      'VOLUME ["/data"]',
      'USER nobody',
      'ENTRYPOINT ["/entry", "--now"]',
      'CMD serve --all',
    ],
    history: [
      ['# debian.sh --arch amd64', 1],
      ['CMD ["bash"]', 1],
      ['ENV LANG=C.UTF-8 MODE=fast', 2],
      ['WORKDIR /src', 3],
      ['COPY --chown=1000:1000 . /src/ # buildkit', 4],
      ['RUN /bin/sh -c make # buildkit', 5],
      ['EXPOSE map[443/udp:{} 80/tcp:{}]', 6],
      ['VOLUME [/data]', 7],
      ['USER nobody', 8],
      ['ENTRYPOINT ["/entry" "--now"]', 9],
      ['CMD ["/bin/sh" "-c" "serve --all"]', 10],
    ],
  },
  {
    what: 'the classic builder’s history',
    file: [
      'FROM alpine',
      'ADD a.tar.gz b.txt /opt/',
      'WORKDIR app',
      'COPY src .',
      'RUN apk add curl',
      'CMD ["sh"]',
    ],
    history: [
      [rootfs, 1],
      ['/bin/sh -c #(nop)  CMD ["/bin/sh"]', 1],
      [`/bin/sh -c #(nop) ADD multi:${hash} in /opt/ `, 2],
      ['/bin/sh -c #(nop) WORKDIR /app', 3],
      [`/bin/sh -c #(nop) COPY dir:${hash} in /app `, 4],
      ['/bin/sh -c apk add curl', 5],
      ['/bin/sh -c #(nop)  CMD ["sh"]', 6],
    ],
  },
  {
    what: 'build arguments in front of a command',
    file: ['FROM alpine', 'ARG A', 'ARG B=two words', 'RUN make $A', 'RUN ["make", "all"]'],
    history: [
      [rootfs, 1],
      ['ARG A', 2],
      ['ARG B=two words', 3],
      ['RUN |2 A=1 B=two words /bin/sh -c make $A # buildkit', 4],
      ['|2 A=-x B=/bin/sh -c echo make all', 5],
    ],
  },
  {
    what: 'other shells and their options',
    file: ['FROM alpine', 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]', 'RUN a | b', 'RUN c'],
    history: [
      [rootfs, 1],
      ['SHELL [/bin/bash -o pipefail -c]', 2],
      ['RUN /bin/bash -o pipefail -c a | b # buildkit', 3],
      ['cmd /S /C c', 4],
    ],
  },
  {
    what: 'commands over several lines, comments among them',
    file: [
      'FROM alpine',
      'RUN set -eux; \\',
      '  # first',
      '  apk add \\',
      '\tcurl;\\',
      '',
      '  rm -r /x',
      'RUN true',
    ],
    history: [
      [rootfs, 1],
      ['/bin/sh -c set -eux;   apk add \tcurl;  rm -r /x', 2],
      ['/bin/sh -c true', 8],
    ],
  },
  {
    what: 'heredocs: a script, one with a shebang, one beside a command, a file',
    file: [
      'FROM alpine',
      'RUN <<EOF',
      'apk add curl',
      'RUN echo no instruction',
      'EOF',
      'RUN <<-"PY"',
      '\t#!/usr/bin/python3',
      '\tprint(1)',
      '\tPY',
      'RUN cat <<X >/y && ls',
      'text',
      'X',
      'COPY <<EOF /etc/motd',
      'hello',
      'EOF',
      'RUN last',
    ],
    history: [
      [rootfs, 1],
      ['RUN /bin/sh -c apk add curl\nRUN echo no instruction\n # buildkit', 2],
      ['RUN /bin/sh -c /dev/pipes/PY # buildkit', 6],
      ['RUN /bin/sh -c cat <<X >/y && ls\ntext\nX # buildkit', 10],
      ['COPY <<EOF /etc/motd # buildkit', 13],
      ['RUN /bin/sh -c last # buildkit', 16],
    ],
  },
  {
    what: 'only the last stage of several, copies from others among it',
    file: [
      'FROM golang AS build',
      'COPY . /src',
      'RUN go build',
      'FROM alpine',
      'COPY --from=build /src/app /usr/bin/app',
      'RUN apk add tzdata',
    ],
    history: [
      [rootfs, 4],
      ['CMD ["/bin/sh"]', 4],
      ['COPY /src/app /usr/bin/app # buildkit', 5],
      ['RUN /bin/sh -c apk add tzdata # buildkit', 6],
    ],
  },
  {
    what: 'stages that stand on one another, down to the base of the lowest',
    file: ['FROM alpine AS base', 'RUN one', 'FROM other AS aside', 'RUN aside', 'FROM BASE', 'RUN two'],
    history: [
      [rootfs, 1],
      ['RUN /bin/sh -c one # buildkit', 2],
      ['RUN /bin/sh -c two # buildkit', 6],
    ],
  },
  {
    what: 'an image that was built of an earlier stage',
    file: ['FROM alpine AS tools', 'RUN tools', 'RUN more', 'FROM debian', 'RUN app'],
    history: [
      [rootfs, 1],
      ['RUN /bin/sh -c tools # buildkit', 2],
      ['RUN /bin/sh -c more # buildkit', 3],
    ],
  },
  {
    what: 'a base image with the same commands, which are its own',
    file: ['FROM debian', 'RUN apt-get update', 'RUN make'],
    history: [
      [rootfs, 1],
      ['/bin/sh -c apt-get update', 1],
      ['/bin/sh -c make', 1],
      ['RUN /bin/sh -c apt-get update # buildkit', 2],
      ['RUN /bin/sh -c make # buildkit', 3],
    ],
  },
  {
    what: 'no base at all',
    file: ['FROM scratch', 'ADD rootfs.tar /', 'CMD ["/init"]'],
    history: [
      [`/bin/sh -c #(nop) ADD file:${hash} in / `, 2],
      ['/bin/sh -c #(nop)  CMD ["/init"]', 3],
    ],
  },
  {
    what: 'variables that the history has the values of',
    file: [
      'FROM alpine',
      'ARG V=3',
      'COPY dist/app-$V.jar $HOME/app.jar',
      'WORKDIR $HOME/x',
      'ENV X=$V',
      'RUN x',
    ],
    history: [
      [rootfs, 1],
      ['ARG V=3', 2],
      ['COPY dist/app-3.jar /home/me/app.jar # buildkit', 3],
      ['WORKDIR /home/me/x', 4],
      ['ENV X=3', 5],
      ['RUN |1 V=3 /bin/sh -c x # buildkit', 6],
    ],
  },
  {
    what: 'an instruction that has been edited since the build',
    file: ['FROM alpine', 'RUN one', 'RUN two --now-with-more', 'COPY c /', 'RUN three'],
    history: [
      [rootfs, 1],
      ['RUN /bin/sh -c one # buildkit', 2],
      ['RUN /bin/sh -c two # buildkit', 3],
      ['COPY c / # buildkit', 4],
      ['RUN /bin/sh -c three # buildkit', 5],
    ],
  },
  {
    what: 'steps that are in the file no more, and instructions that are not in the image yet',
    file: ['FROM alpine', 'RUN one', 'RUN new', 'COPY new /', 'RUN three'],
    history: [
      [rootfs, 1],
      ['RUN /bin/sh -c one # buildkit', 2],
      ['RUN /bin/sh -c gone # buildkit', undefined],
      ['RUN /bin/sh -c three # buildkit', 5],
      ['RUN /bin/sh -c committed later # buildkit', undefined],
    ],
  },
  {
    what: 'a command that only ends as another does',
    file: ['FROM alpine', 'RUN ls', 'RUN make'],
    history: [
      [rootfs, 1],
      ['RUN /bin/sh -c echo -c ls # buildkit', 1],
      ['RUN /bin/sh -c make # buildkit', 3],
    ],
  },
  {
    what: 'ONBUILD steps of the base, which have no line here',
    file: ['FROM app:onbuild', 'RUN a', 'CMD ["b"]'],
    history: [
      [rootfs, 1],
      ['COPY . /app # buildkit', 1],
      ['RUN /bin/sh -c a # buildkit', 2],
      ['CMD ["b"]', 3],
    ],
  },
  {
    what: 'the image of another file',
    file: ['FROM alpine', 'RUN one'],
    history: [
      [rootfs, undefined],
      ['RUN /bin/sh -c something else # buildkit', undefined],
    ],
  },
  { what: 'an image without a history', file: ['FROM alpine', 'RUN one'], history: [] },
  { what: 'an empty file', file: [''], history: [[rootfs, undefined]] },
];

/** Every way to write an instruction that a builder tells in its own way. */
const builtFile = String.raw`# What a comment says counts for nothing
ARG BASE=localhost/debian
FROM $BASE AS build
ARG VERSION=1.2
ENV APP_HOME=/srv/app   MODE="two words"
WORKDIR $APP_HOME
COPY src/ ./src/
RUN echo built $VERSION \
    # a comment within
    && cp src/a.txt built.txt

FROM $\{BASE}
LABEL maintainer="A \"quoted\" <a@b.c>" org.x=1
ENV LANG=C.UTF-8
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN set -e; \
    for i in 1 2 3; do \
      echo "$i" >> /opt/numbers; \
    done
ARG WHO=world
RUN echo "hello $WHO" > /opt/hello
RUN ["/bin/rm", "/opt/hello"]
COPY --from=build --chown=7:8 /srv/app/built.txt /srv/
ADD b.txt src/a.txt /srv/files/
WORKDIR data
USER nobody
EXPOSE 80 443/udp
VOLUME /data
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s CMD true || exit 1
ENTRYPOINT exec "$0"
CMD ["sh", "-c", "true"]`.replace('\\{', '{');

/** What real builders, named by their releases, wrote into the image of {@link builtFile}. */
const built: readonly Case[] = [
  {
    what: 'an image that Docker 20.10.24 built',
    file: [builtFile],
    history: [
      [rootfs, 12],
      ['/bin/sh -c #(nop) CMD ["/bin/bash"]', 12],
      ['/bin/sh -c #(nop)  LABEL maintainer=A "quoted" <a@b.c> org.x=1', 13],
      ['/bin/sh -c #(nop)  ENV LANG=C.UTF-8', 14],
      ['/bin/bash -o pipefail -c #(nop)  SHELL [/bin/bash -o pipefail -c]', 15],
      [
        '/bin/bash -o pipefail -c set -e;     for i in 1 2 3; do       echo "$i" >> /opt/numbers;     done',
        16,
      ],
      ['/bin/bash -o pipefail -c #(nop)  ARG WHO=world', 20],
      ['|1 WHO=world /bin/bash -o pipefail -c echo "hello $WHO" > /opt/hello', 21],
      ['|1 WHO=world /bin/rm /opt/hello', 22],
      [`/bin/bash -o pipefail -c #(nop) COPY --chown=7:8file:${hash} in /srv/ `, 23],
      [`/bin/bash -o pipefail -c #(nop) ADD multi:${hash} in /srv/files/ `, 24],
      ['/bin/bash -o pipefail -c #(nop) WORKDIR /data', 25],
      ['/bin/bash -o pipefail -c #(nop)  USER nobody', 26],
      ['/bin/bash -o pipefail -c #(nop)  EXPOSE 443/udp 80', 27],
      ['/bin/bash -o pipefail -c #(nop)  VOLUME [/data]', 28],
      ['/bin/bash -o pipefail -c #(nop)  STOPSIGNAL SIGINT', 29],
      [
        String.raw`/bin/bash -o pipefail -c #(nop)  HEALTHCHECK &{["CMD-SHELL" "true || exit 1"] "5s" "0s" "0s" '\x00'}`,
        30,
      ],
      [
        String.raw`/bin/bash -o pipefail -c #(nop)  ENTRYPOINT ["/bin/bash" "-o" "pipefail" "-c" "exec \"$0\""]`,
        31,
      ],
      ['/bin/bash -o pipefail -c #(nop)  CMD ["sh" "-c" "true"]', 32],
    ],
  },
  {
    what: 'an image that buildah 1.28 built',
    file: [builtFile],
    history: [
      [rootfs, 12],
      ['/bin/sh -c #(nop) CMD ["/bin/bash"]', 12],
      [String.raw`/bin/sh -c #(nop) LABEL maintainer="A \"quoted\" <a@b.c>" org.x=1`, 13],
      ['/bin/sh -c #(nop) ENV LANG=C.UTF-8', 14],
      ['/bin/sh -c #(nop) SHELL ["/bin/bash", "-o", "pipefail", "-c"]', 15],
      ['/bin/sh -c set -e;     for i in 1 2 3; do       echo "$i" >> /opt/numbers;     done', 16],
      ['/bin/sh -c #(nop) ARG WHO', 20],
      ['|1 WHO=world /bin/sh -c echo "hello $WHO" > /opt/hello', 21],
      ['|1 WHO=world /bin/sh -c ["/bin/rm", "/opt/hello"]', 22],
      [`/bin/sh -c #(nop) COPY file:${hash} in /srv/ `, 23],
      [`/bin/sh -c #(nop) ADD multi:${hash} in /srv/files/ `, 24],
      ['/bin/sh -c #(nop) WORKDIR data', 25],
      ['/bin/sh -c #(nop) USER nobody', 26],
      ['/bin/sh -c #(nop) EXPOSE 80 443/udp', 27],
      ['/bin/sh -c #(nop) VOLUME /data', 28],
      ['/bin/sh -c #(nop) STOPSIGNAL SIGINT', 29],
      ['/bin/sh -c #(nop) HEALTHCHECK --interval=5s CMD true || exit 1', 30],
      ['/bin/sh -c #(nop) ENTRYPOINT exec "$0"', 31],
      ['/bin/sh -c #(nop) CMD ["sh", "-c", "true"]', 32],
    ],
  },
  {
    what: 'an image that buildah 1.28 squashed',
    file: [builtFile],
    history: [['/bin/sh -c #(nop) CMD ["sh", "-c", "true"]', 32]],
  },
];

/** Instructions over several lines, comments among them, and COPY and ADD with flags. */
const flaggedFile = String.raw`ARG BASE=localhost/base
FROM $\{BASE} AS build
ARG VERSION=1.2
ENV APP_HOME=/srv/app \
    MODE="two words" \
    # a comment within
    LEVEL=3
WORKDIR $APP_HOME
COPY src/ ./src/
RUN dd if=/dev/zero of=/srv/built bs=1000 count=300 && \
    echo done

FROM $\{BASE}
LABEL one=1 \
      two="2 and more"
ENV LANG=C.UTF-8 \
    PATH=/bin:/usr/bin
ARG WHO=world
COPY --from=build --chown=7:8 /srv/built /srv/built
COPY --chown=1000:1000 \
     src/data.bin \
     a.txt \
     /opt/
ADD extra.tar.gz /opt/extra/
ADD --chown=5:6 b.txt /opt/b.txt
RUN dd if=/dev/zero of=/opt/big bs=1000 count=500 && \
    rm /opt/data.bin
RUN rm /opt/big && \
    echo "$WHO" > /opt/who
RUN set -e; \
    for i in 1 2; do \
      # why
      dd if=/dev/zero of=/opt/n$i bs=1000 count=100; \
    done
RUN echo x > /opt/n1
USER nobody
CMD ["/bin/cat", "/opt/who"]`.replaceAll('\\{', '{');

/** Where the steps of its image begin: two of the base, then one for each instruction of the last stage. */
const flaggedLines = [13, 13, 14, 16, 18, 19, 20, 24, 25, 26, 28, 30, 35, 36, 37];

/** Its RUNs as every builder joins their lines. */
const flaggedCommands = [
  'dd if=/dev/zero of=/opt/big bs=1000 count=500 &&     rm /opt/data.bin',
  'rm /opt/big &&     echo "$WHO" > /opt/who',
  'set -e;     for i in 1 2; do       dd if=/dev/zero of=/opt/n$i bs=1000 count=100;     done',
  'echo x > /opt/n1',
] as const;

/** What real builders wrote into the image of {@link flaggedFile}. */
const flagged: readonly Case[] = [
  {
    what: 'flags and several lines that BuildKit of Docker 20.10.24 built',
    steps: [
      'ADD base.tar / # buildkit',
      'CMD ["/bin/sh"]',
      'LABEL one=1 two=2 and more',
      'ENV LANG=C.UTF-8 PATH=/bin:/usr/bin',
      'ARG WHO=world',
      'COPY /srv/built /srv/built # buildkit',
      'COPY src/data.bin a.txt /opt/ # buildkit',
      'ADD extra.tar.gz /opt/extra/ # buildkit',
      'ADD b.txt /opt/b.txt # buildkit',
      ...flaggedCommands.map((command) => `RUN |1 WHO=world /bin/sh -c ${command} # buildkit`),
      'USER nobody',
      'CMD ["/bin/cat" "/opt/who"]',
    ],
  },
  {
    what: 'flags and several lines that Docker 20.10.24 built',
    steps: [
      rootfs,
      '/bin/sh -c #(nop)  CMD ["/bin/sh"]',
      '/bin/sh -c #(nop)  LABEL one=1 two=2 and more',
      '/bin/sh -c #(nop)  ENV LANG=C.UTF-8 PATH=/bin:/usr/bin',
      '/bin/sh -c #(nop)  ARG WHO=world',
      `/bin/sh -c #(nop) COPY --chown=7:8file:${hash} in /srv/built `,
      `/bin/sh -c #(nop) COPY --chown=1000:1000multi:${hash} in /opt/ `,
      `/bin/sh -c #(nop) ADD file:${hash} in /opt/extra/ `,
      `/bin/sh -c #(nop) ADD --chown=5:6file:${hash} in /opt/b.txt `,
      ...flaggedCommands.map((command) => `|1 WHO=world /bin/sh -c ${command}`),
      '/bin/sh -c #(nop)  USER nobody',
      '/bin/sh -c #(nop)  CMD ["/bin/cat" "/opt/who"]',
    ],
  },
  {
    what: 'flags and several lines that buildah 1.28 built',
    steps: [
      rootfs,
      '/bin/sh -c #(nop) CMD ["/bin/sh"]',
      '/bin/sh -c #(nop) LABEL one=1       two="2 and more"',
      '/bin/sh -c #(nop) ENV LANG=C.UTF-8     PATH=/bin:/usr/bin',
      '/bin/sh -c #(nop) ARG WHO',
      `/bin/sh -c #(nop) COPY file:${hash} in /srv/built `,
      `/bin/sh -c #(nop) COPY multi:${hash} in /opt/ `,
      `/bin/sh -c #(nop) ADD file:${hash} in /opt/extra/ `,
      `/bin/sh -c #(nop) ADD file:${hash} in /opt/b.txt `,
      ...flaggedCommands.map((command) => `|1 WHO=world /bin/sh -c ${command}`),
      '/bin/sh -c #(nop) USER nobody',
      '/bin/sh -c #(nop) CMD ["/bin/cat", "/opt/who"]',
    ],
  },
].map(({ what, steps }) => ({
  what,
  file: [flaggedFile],
  history: steps.map((step, place) => [step, flaggedLines[place]] as const),
}));

describe('the instructions that made an image', () => {
  for (const { what, file, history } of [...cases, ...built, ...flagged]) {
    it(`are found for ${what}`, () => {
      const { places } = matchHistory(
        file.join('\n'),
        history.map(([createdBy]) => createdBy),
      );
      assert.deepEqual(
        places.map((range, place) => [history[place]?.[0], range && range.start.line + 1]),
        history.map(([createdBy, line]) => [createdBy, line]),
      );
    });
  }

  it('are known by what they say, flags or not, and not by their neighbours alone', () => {
    for (const { what, history } of flagged) {
      const createdBy = history.map(([step]) => step);
      const { matched, instructions } = matchHistory(flaggedFile, createdBy);
      assert.deepEqual([matched, instructions], [13, 13], what);
    }
  });

  it('reach to their last line, that of a heredoc included', () => {
    const text = 'FROM a\r\nRUN <<X\r\none\r\nX\r\nRUN a \\\r\n  b\r\n';
    const { places } = matchHistory(text, ['base', '/bin/sh -c one', '/bin/sh -c a   b']);
    assert.deepEqual(places.slice(1), [
      { start: { line: 1, character: 0 }, end: { line: 3, character: 1 } },
      { start: { line: 4, character: 0 }, end: { line: 5, character: 3 } },
    ]);
  });

  it('are counted, of those that there are, so that images can be compared', () => {
    const file = 'FROM a\nRUN one\nRUN two\nRUN three\n';
    const matchOf = (...commands: string[]) => {
      const { matched, instructions } = matchHistory(
        file,
        commands.map((command) => `/bin/sh -c ${command}`),
      );
      return [matched, instructions];
    };
    assert.deepEqual(matchOf('one', 'two', 'three'), [3, 3]);
    assert.deepEqual(matchOf('one', 'edited', 'three'), [2, 3]);
    assert.deepEqual(matchOf('other'), [0, 3]);
  });

  it('are found in bounded time in hostile files', () => {
    const start = processorMilliseconds();
    const many = Array.from({ length: 20_000 }, (_, number) => `RUN make ${number % 7}`);
    matchHistory(
      ['FROM a', ...many].join('\n'),
      many.map((line) => `/bin/sh -c ${line.slice(4)}`),
    );
    const stages = many.map(
      (line, number) => `FROM ${number === 0 ? 'x' : `s${number - 1}`} AS s${number}\n${line}`,
    );
    matchHistory(stages.join('\n'), many.slice(0, 200));
    const variables = '$a'.repeat(10_000);
    matchHistory(`FROM a\nCOPY ${variables} /b\nENV ${variables}`, [
      `COPY ${'x'.repeat(20_000)} # buildkit`,
      `ENV ${'a'.repeat(20_000)}`,
    ]);
    matchHistory('FROM a\nRUN b', [`|1 ${'A=-c /bin/sh '.repeat(20_000)}b`]);
    assert.ok(processorMilliseconds() - start < 8000, `${processorMilliseconds() - start} ms`);
  }).timeout(30_000);
});
