import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import { type Cluster, inCluster } from './cluster.ts'

/** A release as a step wants it. */
export interface WantedRelease {
  cluster: Cluster
  host: string
  release: string
  namespace: string
  chart: string
  repo: string
  version: string
  /** YAML; empty: the chart's own. */
  values: string
  shown: string
  secret: boolean
  later: boolean
  createNamespace: boolean
  /** Empty: helm has to be there. */
  helmVersion: string
  timeoutMs: number
}

const helm = (
  { cluster }: WantedRelease,
  words: readonly string[],
  more: { timeoutMs?: number; stdin?: string | Secret } = {},
): Command => inCluster(cluster, ['helm', ...words].map(quoteWord).join(' '), more)

/** Prints "helm VERSION" or "helm none", "release JSON" of the release where there is one, "error TEXT" where the cluster does not answer. */
export const lookCommand = (wanted: WantedRelease): Command =>
  inCluster(
    wanted.cluster,
    `command -v helm >/dev/null 2>&1 || { echo 'helm none'; exit 0; }
printf 'helm %s\\n' "$(helm version --short 2>/dev/null)"
said=$(${['helm', 'list', '--namespace', wanted.namespace, '--all', '--filter', `^${wanted.release}$`, '--output', 'json'].map(quoteWord).join(' ')} 2>&1) || { printf 'error %s\\n' "$(printf %s "$said" | tail -n 1)"; exit 0; }
printf 'releases %s\\n' "$(printf '%s\\n' "$said" | grep '^\\[')"`,
  )

/** The values that the release was given. */
export const valuesCommand = (wanted: WantedRelease): Command =>
  helm(wanted, ['get', 'values', wanted.release, '--namespace', wanted.namespace, '--output', 'yaml'])

const chartWords = ({ chart, repo, version }: WantedRelease): string[] => [
  chart,
  ...(repo === '' ? [] : ['--repo', repo]),
  '--version',
  version,
]
const inputOf = ({ values, secret }: WantedRelease): string | Secret =>
  secret ? new Secret('the values, which hold secrets', values) : values

/** The chart's own description; finds out whether the repository has it in that version. */
export const chartCommand = (wanted: WantedRelease): Command =>
  helm(wanted, ['show', 'chart', ...chartWords(wanted)], { timeoutMs: 120_000 })

/** What the chart makes of the values, checked by the API; nothing changes. */
export const dryRunCommand = (wanted: WantedRelease): Command =>
  helm(
    wanted,
    [
      'upgrade',
      wanted.release,
      ...chartWords(wanted),
      '--install',
      '--namespace',
      wanted.namespace,
      ...(wanted.createNamespace ? ['--create-namespace'] : []),
      '--values',
      '-',
      '--dry-run',
    ],
    { stdin: inputOf(wanted), timeoutMs: 180_000 },
  )

/** Goes back by itself where a part does not become ready; in Helm 4 the option has another name. */
export const upgradeCommand = (wanted: WantedRelease): Command => {
  const words = [
    ...['upgrade', wanted.release, ...chartWords(wanted), '--install', '--namespace', wanted.namespace],
    ...(wanted.createNamespace ? ['--create-namespace'] : []),
    ...['--values', '-', '--wait', '--timeout', `${Math.ceil(wanted.timeoutMs / 1000)}s`],
  ]
  return inCluster(
    wanted.cluster,
    `case $(helm version --short) in v3*) back=--atomic;; *) back=--rollback-on-failure;; esac
${['helm', ...words].map(quoteWord).join(' ')} "$back"`,
    { stdin: inputOf(wanted), timeoutMs: wanted.timeoutMs * 2 + 60_000 },
  )
}

export const historyCommand = (wanted: WantedRelease): Command =>
  helm(wanted, ['history', wanted.release, '--namespace', wanted.namespace, '--output', 'json', '--max', '20'])

/** What the objects of the release say where it did not come up. */
export const eventsCommand = (wanted: WantedRelease): Command =>
  inCluster(
    wanted.cluster,
    `${['kubectl', 'get', 'pods', '--namespace', wanted.namespace, '--selector', `app.kubernetes.io/instance=${wanted.release}`, '-o', 'json'].map(quoteWord).join(' ')}`,
  )

export const rollbackCommand = (wanted: WantedRelease, revision: number): Command =>
  helm(
    wanted,
    [
      'rollback',
      wanted.release,
      String(revision),
      '--namespace',
      wanted.namespace,
      '--wait',
      '--timeout',
      `${Math.ceil(wanted.timeoutMs / 1000)}s`,
    ],
    { timeoutMs: wanted.timeoutMs + 60_000 },
  )

export const uninstallReleaseCommand = (wanted: WantedRelease): Command =>
  helm(
    wanted,
    [
      'uninstall',
      wanted.release,
      '--namespace',
      wanted.namespace,
      '--ignore-not-found',
      '--wait',
      '--timeout',
      `${Math.ceil(wanted.timeoutMs / 1000)}s`,
    ],
    { timeoutMs: wanted.timeoutMs + 60_000 },
  )

/** Puts helm into /usr/local/bin, from its own site and checked by the digest published beside it. */
export const getHelmCommand = (wanted: WantedRelease): Command => ({
  argv: [
    'sh',
    '-c',
    `set -e
PATH=$PATH:/usr/local/bin
! command -v helm >/dev/null 2>&1 || exit 0
case $(uname -m) in x86_64|amd64) arch=amd64;; aarch64|arm64) arch=arm64;; armv7l) arch=arm;; s390x) arch=s390x;; *) echo 'no helm for this architecture' >&2; exit 69;; esac
tmp=$(mktemp -d); trap 'rm -rf -- "$tmp"' EXIT; trap 'exit 143' HUP INT TERM
name=helm-$1-linux-$arch.tar.gz
get() { if command -v curl >/dev/null 2>&1; then curl --proto '=https' --tlsv1.2 -fsSL --retry 3 --connect-timeout 20 -o "$2" "$1"; else wget -q -O "$2" "$1"; fi; }
get "https://get.helm.sh/$name" "$tmp/$name"
get "https://get.helm.sh/$name.sha256sum" "$tmp/sum"
digest=$(sha256sum <"$tmp/$name"); digest=\${digest%% *}
[ "$digest" = "$(cut -d ' ' -f 1 "$tmp/sum")" ] || { echo 'helm did not arrive whole' >&2; exit 65; }
tar -xzf "$tmp/$name" -C "$tmp" "linux-$arch/helm"
install -m 755 "$tmp/linux-$arch/helm" /usr/local/bin/helm
echo "helm $1: sha256 $digest"`,
    'get-helm',
    wanted.helmVersion,
  ],
  sudo: wanted.cluster.sudo,
  timeoutMs: 5 * 60_000,
})
