import { anyOrder, describeParity, type ParityCase } from '../support/parity/sideBySide.ts';

const images = ['base:1.0', 'base:1.1', 'web:1.4.0', 'web:2.0.0', 'api', 'cron', 'legacy'];
const pulled = images.map((name) => `pull -q HOST/acme/${name}`);

/** One image has two names now. */
const renamed = 'tag HOST/acme/web:1.4.0 team/web:old';
const unordered = (run: string): ParityCase => ({ run, comparing: anyOrder });

/** Docker’s engine and its client each complain of a filter in their own words. */
const refused = (run: string, means: RegExp): ParityCase => ({ run, means });

/** The client refuses it before it asks the engine, with a code of its own for flags; the contract knows only 1. */
const refusedFlag = (run: string, means: RegExp): ParityCase => ({
  run,
  means,
  accepted: { because: 'CLI.md: a bad filter or template exits 1, Docker’s client 125', code: 1 },
});

const filters = [
  'dangling=true',
  'dangling=false',
  'before=HOST/acme/web:2.0.0',
  'since=HOST/acme/web:2.0.0',
  'since=HOST/acme/base:1.0',
  'before=ID(HOST/acme/api)',
  'label=org.opencontainers.image.version',
  'label=org.opencontainers.image.version=1.1',
  'label=nosuch',
  "'reference=*/*/web'",
  "'reference=*/*/web:1.*'",
  "'reference=team/*'",
  "'reference=*:latest'",
  'reference=team/web:old',
  "'reference=*'",
  'reference=web',
];

const formats = [
  '{{.ID}}',
  '{{.Repository}}:{{.Tag}}',
  '{{.Repository}}: {{.Tag}}: {{.Size}}',
  '{{.Digest}}',
  '{{.CreatedSince}}',
  '{{.CreatedAt}}',
  '{{.VirtualSize}}',
  '{{.Containers}}',
  'table {{.Repository}}\\t{{.Tag}}',
  'table {{.ID}}\\t{{.CreatedSince}}\\t{{.Size}}',
  'table {{.Repository}}\\t{{.Digest}}',
  'table {{upper .Repository}}',
  'table {{.Tag | printf "%-8s"}}|',
  'raw',
  '{{json .}}',
  '{{json .Tag}}',
  '{{upper .Tag}} {{lower .Tag}} {{title .Tag}}',
  '{{truncate .Repository 9}}',
  '{{pad .Tag 2 3}}|',
  '{{join (split .Repository "/") "+"}}',
  '{{index (split .Repository "/") 1}}',
  '{{len .Tag}}',
  '{{slice .ID 0 4}}',
  '{{if eq .Tag "latest"}}LATEST{{else if eq .Tag "2.0.0"}}TWO{{else}}other {{.Tag}}{{end}}',
  '{{with .Tag}}<{{.}}>{{end}}',
  '{{range split .Repository "/"}}[{{.}}]{{else}}none{{end}}',
  '{{range $i, $part := split .Repository "/"}}{{$i}}={{$part}} {{end}}',
  '{{$t := .Tag}}{{$t}}{{$t = "x"}}{{$t}}',
  '{{define "T"}}({{.}}){{end}}{{template "T" .Tag}}',
  '{{block "B" .Tag}}[{{.}}]{{end}}',
  '{{- .Tag -}} {{- " x " -}}',
  '{{/* nothing */}}{{.Tag}}',
  '{{and .Tag .ID}} {{or "" .Tag}} {{not .Tag}}',
  '{{printf "%q %v %5.2s %T" .Tag .ID .Tag .Size}}',
  '{{println .Tag}}',
  '{{html "<a>"}} {{js "\'"}} {{urlquery "a b"}}',
  '{{"quoted"}} {{`raw`}} {{\'a\'}} {{1.5}} {{0x10}} {{true}}',
  'no action at all',
  '',
];

const brokenFormats: readonly (readonly [format: string, means: RegExp])[] = [
  ['{{.Nosuch}}', /can't evaluate field Nosuch in type \*formatter\.imageContext/],
  ['{{.ID', /unclosed action/],
  ['{{nosuch .ID}}', /function "nosuch" not defined/],
  ['{{if .ID}}', /unexpected EOF/],
  ['{{end}}', /unexpected \{\{end\}\}/],
  ['{{.ID}} }} {{', /unclosed action|unexpected/],
  ['{{index .ID "x"}}', /error calling index/],
  ['{{template "gone"}}', /template "gone" not defined|no template "gone"/],
  ['{{len 3}}', /len of type int/],
  ['{{lt 1 "a"}}', /incompatible types for comparison/],
];

describeParity('Listing beside Docker', {
  'the table': [
    ...pulled,
    'image ls',
    'images',
    'images --digests',
    'images --no-trunc',
    'images -q',
    'images -q --no-trunc',
    'images -a',
    'images --digests -q',
    renamed,
    unordered('images'),
    'images team/web',
    'images team/web:old --digests',
    'images team/web:nosuch',
  ],
  filters: [
    ...pulled,
    renamed,
    ...filters.map((filter) => unordered(`images --filter ${filter}`)),
    unordered('images --filter label=org.opencontainers.image.version --filter dangling=false -q'),
    unordered("images -f 'reference=*/*/web' -f 'reference=*/*/api'"),
    unordered("images -f 'reference=*/*/web' -f before=HOST/acme/web:2.0.0"),
    unordered('images -f since=HOST/acme/base:1.0 -f before=HOST/acme/api -q'),
    unordered('images -f label=org.opencontainers.image.version=1.1 -f label=org.opencontainers.image.title'),
    unordered("images -f 'reference=*/*/web' HOST/acme/base"),
    'tag HOST/acme/web:2.0.0 HOST/acme/web:1.4.0',
    unordered('images -f dangling=true'),
    'tag HOST/acme/web:2.0.0 team/web:old',
    unordered('images -f dangling=true'),
    unordered('images -f dangling=true -q'),
    unordered('images -f dangling=false --digests'),
    unordered('images -f dangling=true -f dangling=false'),
    ...['1', '0', 'perhaps'].map((value) =>
      refused(`images -f dangling=${value}`, /^Invalid filter 'dangling=/i),
    ),
    refused('images -f nosuch=1', /invalid filter 'nosuch'/i),
    refused('images -f before=nosuch', /No such image: nosuch/),
    refused('images -f since=HOST/acme/web:nosuch', /No such image/),
    refusedFlag('images -f dangling', /bad format of filter/),
    refused("images -f 'reference=['", /syntax error in pattern/),
  ],
  formats: [
    ...pulled,
    ...formats.map((format) => `images --format ${shellQuoted(format)}`),
    {
      run: "images --format '{{.SharedSize}} {{.UniqueSize}}'",
      accepted: {
        because:
          'Docker has no such figures in this list and prints N/A; Strata has them and gives them to who asks',
        stdout: /^(\d[\d.]*[kM]?B \d[\d.]*[kM]?B\n)+$/,
      },
    },
    {
      run: "images --format '{{.}}'",
      accepted: {
        because: 'a row of Docker’s prints the insides of its program, which no template can ask for',
        stdout: /^(\{<nil>\}\n)+$/,
      },
    },
    "images --digests --format 'table {{.Repository}}\\t{{.Digest}}'",
    "images --no-trunc --format '{{.ID}}'",
    "images -q --format '{{.Tag}}'",
    "images -f 'reference=*/*/web' --format '{{.Tag}}'",
  ],
  'broken formats': [
    'pull -q HOST/acme/cron',
    ...brokenFormats.map(([format, means]) => refused(`images --format ${shellQuoted(format)}`, means)),
  ],
});

function shellQuoted(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}
