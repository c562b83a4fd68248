import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import { type Cluster, inCluster, kubectl } from './cluster.ts'
import { type KubeObject, resourceOf } from './objects.ts'

/** What the commands need to know of the manifests. */
export interface Manifests {
  cluster: Cluster
  namespace: string
  text: string
  /** They hold secrets, so they are not shown. */
  secret: boolean
}

const MANAGER = 'headroom'

const inputOf = ({ text, secret }: Manifests): string | Secret =>
  secret ? new Secret('the manifests, which hold secrets', text) : text
const within = ({ namespace }: Manifests, object?: KubeObject): string[] => {
  const one = object?.metadata.namespace ?? namespace
  return one === '' ? [] : ['--namespace', one]
}
const server = (force: boolean) => [
  '--server-side',
  '--field-manager',
  MANAGER,
  ...(force ? ['--force-conflicts'] : []),
]

/** What the cluster has of the objects now. */
export const getCommand = (manifests: Manifests): Command =>
  kubectl(manifests.cluster, ['get', ...within(manifests), '--ignore-not-found', '-o', 'json', '-f', '-'], {
    stdin: inputOf(manifests),
  })

/** What it would have afterwards; the API decides and changes nothing. */
export const dryRunCommand = (manifests: Manifests & { force: boolean }): Command =>
  kubectl(
    manifests.cluster,
    ['apply', ...within(manifests), ...server(manifests.force), '--dry-run=server', '-o', 'json', '-f', '-'],
    { stdin: inputOf(manifests) },
  )

export const applyCommand = (manifests: Manifests & { force: boolean }): Command =>
  kubectl(manifests.cluster, ['apply', ...within(manifests), ...server(manifests.force), '-f', '-'], {
    stdin: inputOf(manifests),
    timeoutMs: 5 * 60_000,
  })

/** The pods that a workload selects. */
export const podsCommand = (manifests: Manifests, object: KubeObject): Command => {
  const selector =
    (object.spec as { selector?: { matchLabels?: Record<string, string> } } | undefined)?.selector?.matchLabels ?? {}
  const labels = Object.entries(selector)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')
  return kubectl(manifests.cluster, ['get', 'pods', ...within(manifests, object), '--selector', labels, '-o', 'json'])
}

export const describeWorkload = (manifests: Manifests, object: KubeObject): Command =>
  kubectl(manifests.cluster, ['describe', resourceOf(object), ...within(manifests, object)])

export const deleteCommand = (manifests: Manifests, object: KubeObject): Command =>
  kubectl(
    manifests.cluster,
    ['delete', resourceOf(object), ...within(manifests, object), '--ignore-not-found', '--timeout=120s'],
    { timeoutMs: 150_000 },
  )

/** Sets again what was there; what was added besides goes, since it is no longer among what this manager applies. */
export const restoreCommand = (manifests: Manifests, list: string | null): Command =>
  kubectl(manifests.cluster, ['apply', ...server(true), '-f', '-'], {
    stdin: new Secret('what was there before', list ?? '-'),
    timeoutMs: 5 * 60_000,
  })

const keptPath = (runId: string, stepId: string): string =>
  `"\${XDG_STATE_HOME:-$HOME/.local/state}/headroom/"${quoteWord(`headroom-${runId}-${stepId}.json`)}`

/** Keeps what is there on the host, for its user alone; what is there already from an earlier try stays. */
export const keepCommand = (manifests: Manifests, runId: string, stepId: string, list: string | null): Command =>
  inCluster(
    manifests.cluster,
    `umask 077; file=${keptPath(runId, stepId)}
mkdir -p "\${file%/*}" || exit 73
[ ! -s "$file" ] || { cat >/dev/null; exit 0; }
cat >"$file.new" && mv -f "$file.new" "$file"`,
    { stdin: new Secret('what is there before', list ?? '-') },
  )

export const keptCommand = (manifests: Manifests, runId: string, stepId: string): Command =>
  inCluster(manifests.cluster, `cat ${keptPath(runId, stepId)}`)
