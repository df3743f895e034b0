import { describeParity, type ParityCase } from '../support/parity/sideBySide.ts';

/** What an engine knows of its containers, storage driver and clock: an image without an engine has none of it. */
const enginesOwn = ['Container', 'ContainerConfig', 'GraphDriver', 'Metadata', 'Parent'];

function documents(stdout: string): unknown {
  const parsed = JSON.parse(stdout) as Record<string, unknown>[];
  return parsed.map((document) => Object.entries(document).filter(([name]) => !enginesOwn.includes(name)));
}

const inspect = (names: string): ParityCase => ({ run: `image inspect ${names}`, comparing: documents });

const fields = [
  '{{.Id}}',
  '{{.ID}}',
  '{{.RepoTags}}',
  '{{.RepoDigests}}',
  '{{json .RepoTags}}',
  '{{.Created}}',
  '{{.Size}} {{.VirtualSize}}',
  '{{.Os}}/{{.Architecture}}{{.Variant}}',
  '{{.Author}}',
  '{{.RootFS.Type}} {{len .RootFS.Layers}}',
  '{{.RootFS.Layers}}',
  '{{json .RootFS}}',
  '{{range .RootFS.Layers}}{{println .}}{{end}}',
  '{{.Config.Env}}',
  '{{json .Config.Env}}',
  '{{index .Config.Env 0}}',
  '{{range .Config.Env}}{{.}};{{end}}',
  '{{json .Config}}',
  '{{.Config.Cmd}} {{.Config.Entrypoint}} {{.Config.WorkingDir}} {{.Config.User}}',
  '{{json .Config.ExposedPorts}}',
  '{{range $port, $_ := .Config.ExposedPorts}}{{$port}} {{end}}',
  '{{range $port, $_ := .Config.ExposedPorts}}{{$port.Port}} {{$port.Proto}} {{$port.Int}};{{end}}',
  '{{range $port, $_ := .Config.ExposedPorts}}{{printf "%T %q %v" $port $port $port}}{{eq $port "8080/tcp"}};{{end}}',
  '{{with .Config.Healthcheck}}{{.Interval}} {{.Interval.Hours}} {{.Interval.Minutes}} {{.Interval.Seconds}}{{end}}',
  '{{with .Config.Healthcheck}}{{.Timeout.Milliseconds}} {{.Timeout.Microseconds}} {{.Timeout.Nanoseconds}}{{end}}',
  '{{with .Metadata.LastTagTime}}{{.Year}} {{.Month}} {{.Day}} {{.Weekday}} {{.IsZero}}{{end}}',
  '{{with .Metadata.LastTagTime}}{{.Hour}} {{.Minute}} {{.Second}} {{.Nanosecond}} {{.Unix}} {{.UnixNano}}{{end}}',
  '{{.Metadata.LastTagTime.YearDay}} {{.Metadata.LastTagTime.UTC}}{{.Metadata.LastTagTime.UnixMilli}}',
  '{{.Metadata.LastTagTime.Format "Mon Jan 2 15:04:05.000 MST 2006 January Monday Janus 002 __2 _2 03 3 pm PM"}}',
  '{{.Metadata.LastTagTime.Format "Z07:00 -0700 -07 -070000 -07:00:00 Z07 .999 ,000 05.00 _2006 06 1 01 4 5 06"}}',
  '{{printf "%d %v %s" .Metadata.LastTagTime.Month .Metadata.LastTagTime.Month .Metadata.LastTagTime.Weekday}}',
  '{{range $key, $value := .Config.Labels}}{{$key}}={{$value}}|{{end}}',
  '{{index .Config.Labels "org.opencontainers.image.version"}}',
  '{{.Config.Labels}}',
  '{{.Config.Volumes}} {{.Config.StopSignal}}',
  '{{if .Config.User}}user{{else}}root{{end}}',
  '{{printf "%.12s" .Id}}',
  '{{slice .Id 7 19}}',
  '{{(index .RootFS.Layers 0) | printf "%.20s"}}',
  '{{with .Config}}{{.WorkingDir}}{{end}}',
  '{{join .RepoTags ", "}}',
  '{{eq .Os "linux"}} {{gt .Size 1000}} {{and true .Size}}',
];

/** No template at all: Docker has an exit code of its own for them, the contract 1 for every bad template. */
const unreadable: readonly (readonly [template: string, means: RegExp])[] = [
  ['{{.Id', /unclosed action/],
  ['{{nosuch}}', /function "nosuch" not defined/],
];

const wrong: readonly (readonly [template: string, means: RegExp])[] = [
  ['{{.Nosuch}}', /has no entry for key|can't evaluate field/],
  ['{{index .RootFS.Layers 99}}', /(index )?out of range: 99/],
  ['{{.Id.Nosuch}}', /can't evaluate field Nosuch/],
];

const quoted = (text: string) =>
  text.includes('"') && text.includes("'") ? JSON.stringify(text) : `'${text}'`;

describeParity('Inspecting beside Docker', {
  inspect: [
    'pull -q HOST/acme/web:2.0.0',
    'pull -q HOST/acme/base:1.1',
    'pull -q HOST/acme/legacy',
    'pull -q HOST/acme/cron',
    inspect('HOST/acme/web:2.0.0'),
    inspect('HOST/acme/base:1.1 HOST/acme/legacy'),
    inspect('ID(HOST/acme/cron)'),
    inspect('FULLID(HOST/acme/cron)'),
    inspect('HOST/acme/web@DIGEST(HOST/acme/web:2.0.0)'),
    ...['container', 'network', 'plugin', 'volume'].map((kind) => `inspect --type=${kind} nosuch`),
    "inspect --type container -f '{{.Id}}' HOST/acme/cron nosuch",
    { run: 'inspect --type=nope HOST/acme/cron', means: /^"nope" is not a valid value for --type/ },
    ...['node', 'secret', 'service', 'task'].map((kind) => ({
      run: `inspect --type=${kind} nosuch`,
      accepted: {
        because: 'what Docker says of its swarm is no news of a store of images',
        stderr: /^No such /,
      },
    })),
    { run: 'inspect --size --type=image HOST/acme/cron', comparing: documents },
    { ...inspect('nosuch'), means: /No such image: nosuch$/ },
    { ...inspect('HOST/acme/cron nosuch HOST/acme/web:nosuch'), means: /nosuch\n.*web:nosuch$/ },
    ...fields.map((template) => `image inspect -f ${quoted(template)} HOST/acme/web:2.0.0`),
    "image inspect --format '{{.Id}}' HOST/acme/base:1.1 HOST/acme/legacy nosuch",
    ...unreadable.map(([template, means]) => ({
      run: `image inspect -f ${quoted(template)} HOST/acme/web:2.0.0`,
      means,
      accepted: { because: 'CLI.md: a bad template exits 1, Docker’s client 64', code: 1 },
    })),
    ...wrong.map(([template, means]) => ({
      run: `image inspect -f ${quoted(template)} HOST/acme/web:2.0.0`,
      means,
    })),
  ],
  history: [
    'pull -q HOST/acme/web:2.0.0',
    'pull -q HOST/acme/legacy',
    'history HOST/acme/web:2.0.0',
    'image history HOST/acme/legacy',
    'history --no-trunc HOST/acme/web:2.0.0',
    'history -q HOST/acme/web:2.0.0',
    'history -q --no-trunc HOST/acme/web:2.0.0',
    'history -H=false HOST/acme/web:2.0.0',
    'history --human=false --no-trunc HOST/acme/legacy',
    "history --format '{{.ID}} {{.CreatedSince}} {{.Size}} {{.Comment}}' HOST/acme/web:2.0.0",
    "history --format '{{.CreatedAt}}: {{.CreatedBy}}' HOST/acme/web:2.0.0",
    "history --format 'table {{.CreatedBy}}\\t{{.Size}}' HOST/acme/web:2.0.0",
    "history --format '{{json .}}' HOST/acme/legacy",
    'history ID(HOST/acme/legacy)',
    { run: 'history nosuch', means: /^No such image: nosuch/ },
    { run: "history --format '{{.Nosuch}}' HOST/acme/legacy", means: /can't evaluate field Nosuch/ },
  ],
});
