import { quoteWord } from '../../../shared/format/shell.ts'
import { kubernetesSamples } from '../../../shared/metrics/kubernetes.ts'
import type { DerivedSample } from '../../../shared/metrics/sample.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { ServiceOf } from '../../../shared/model/service.ts'
import type { Hosts } from '../hosts/index.ts'

/** A list of some thousand pods; more than that belongs to a Prometheus. */
const LIST_LIMIT_BYTES = 32 * 1024 * 1024
const TIMEOUT_MS = 15_000

/**
 * Asks the cluster's API by kubectl, or by the one in k3s, on the host. `--raw` asks for nothing but the list and, unlike
 * other ways of kubectl, writes no cache of the API's parts into the home folder.
 */
export async function askKubernetes(
  hosts: Pick<Hosts, 'script'>,
  hostId: string,
  service: ServiceOf<'kubernetes'>,
  signal: AbortSignal,
): Promise<DerivedSample[]> {
  const nodes = await list(hosts, hostId, service, '/api/v1/nodes', signal)
  const pods = await list(hosts, hostId, service, '/api/v1/pods', signal)
  try {
    return kubernetesSamples(nodes, pods)
  } catch (cause) {
    throw new HeadroomError(
      {
        code: 'KUBERNETES_ANSWER',
        fact: `What kubectl printed is no list of nodes and pods: ${cause instanceof Error ? cause.message.slice(0, 300) : String(cause)}`,
        fix: 'Run "kubectl get --raw /api/v1/nodes" on the server and look at what it prints.',
      },
      { cause },
    )
  }
}

async function list(
  hosts: Pick<Hosts, 'script'>,
  hostId: string,
  { kubeconfig }: ServiceOf<'kubernetes'>,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  // A login shell's PATH often lacks the folder that k3s installs itself into.
  const script = `PATH=$PATH:/usr/local/bin:/usr/bin:/snap/bin
command -v k3s >/dev/null 2>&1 && [ -z "$1" ] && [ -r /etc/rancher/k3s/k3s.yaml ] && exec k3s kubectl get --raw "$2"
command -v kubectl >/dev/null 2>&1 || { command -v k3s >/dev/null 2>&1 && { echo 'k3s is here, but this login may not read /etc/rancher/k3s/k3s.yaml' >&2; exit 3; }; echo 'no kubectl or k3s command' >&2; exit 3; }
[ -n "$1" ] && { KUBECONFIG=$1; export KUBECONFIG; }
exec kubectl get --raw "$2" --request-timeout=10s
`
  const text = `set -- ${quoteWord(kubeconfig ?? '')} ${quoteWord(path)}\n${script}`
  const result = await hosts.script(hostId, text, { timeoutMs: TIMEOUT_MS, maxOutputBytes: LIST_LIMIT_BYTES, signal })
  if (result.exitCode === 0) return result.stdout
  const said = result.stderr.trim().split('\n').at(-1)?.slice(0, 400) ?? ''
  throw new HeadroomError({
    code: 'KUBERNETES_NO_ANSWER',
    fact: said === '' ? 'kubectl ended without a word.' : said.endsWith('.') ? said : `${said}.`,
    fix: 'Check that this login may use kubectl on the server, or name a kubeconfig file that it can read.',
  })
}
