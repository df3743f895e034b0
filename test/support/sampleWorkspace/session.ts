/**
 * A session in a terminal: what the life of an image is like, told in Docker's verbs. Runs anywhere `strata` is on the
 * PATH; in VS Code's own terminal the extension puts it there.
 */
export function sessionScript(host: string): string {
  return `#!/bin/sh
# What there is to know about images, in Docker's own verbs: run it with  sh session.sh
web=${host}/acme/web

step() { printf '\\n# %s\\n' "$1"; }
run() {
  printf '$ strata'
  for word in "$@"; do
    case $word in *[!a-z0-9A-Z:./@=_-]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '\\n'
  strata "$@" || failed=1
}

step 'Three tags of one repository. Layers that are here already are not fetched again.'
run image pull $web:1.4.0
run image pull $web:1.4.1
run image pull $web:2.0.0

step 'A tag is a name, and several may name one image: latest is 2.0.0 under another name.'
run image pull $web:latest
run image ls
run image ls --digests $web

step 'Lists are filtered and formatted as Docker does it.'
run image ls --filter reference='*/*/web:1.*'
run image ls --filter before=$web:2.0.0 --format '{{.Tag}}: {{.Size}}'
run image ls --filter label=org.opencontainers.image.version=1.4.1 -q
run image ls --format 'table {{.Repository}}\\t{{.Tag}}\\t{{.CreatedAt}}'

step 'What the registry has, without pulling it.'
run search ${host}/web
run tags --digests $web
run digest $web:latest

step 'What an image is made of: its layers by the hash of their content, and the steps that made them.'
run image inspect --format '{{.Os}}/{{.Architecture}} {{json .Config.Entrypoint}}' $web:2.0.0
run image inspect --format '{{range .RootFS.Layers}}{{println .}}{{end}}' $web:2.0.0
run image history --format 'table {{.CreatedBy}}\\t{{.Size}}' $web:2.0.0

step 'A tag that moves leaves its old image behind: dangling.'
run image tag $web:2.0.0 $web:1.4.0
run image ls --filter dangling=true
run image prune --force
run image ls

step 'What a digest names never changes: removed by tag, it comes back by digest.'
digest=$(strata digest $web:1.4.1)
run image rm $web:1.4.1
run image pull $web@$digest

step 'One name, several platforms. The one of this machine is taken unless another is asked for.'
run manifest $web:2.0.0
run image pull --platform linux/arm64 $web:2.0.0
run image inspect --format '{{.Os}}/{{.Architecture}}' $web:2.0.0

step 'And all of it goes again.'
run image prune --all --force
run image ls
exit \${failed:-0}
`;
}
