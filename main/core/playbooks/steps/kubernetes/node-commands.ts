import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import { type Cluster, inCluster, kubectl } from './cluster.ts'
import { CONFIG_FILE, CONFIG_FOLDER, TOKEN_FILE } from './config.ts'
import type { WantedNode } from './node-wanted.ts'

export const unitOf = (role: WantedNode['role']): string => (role === 'server' ? 'k3s' : 'k3s-agent')

/** Prints where the address of a channel leads; the version is its last part. The installer asks in the same way. */
export const channelCommand = ({ host, channel }: WantedNode): Command => {
  const address = quoteWord(`https://update.k3s.io/v1-release/channels/${channel}`)
  return {
    argv: [
      'sh',
      '-c',
      `if command -v curl >/dev/null 2>&1; then curl --proto '=https' -fsSL --max-time 20 -o /dev/null -w '%{url_effective}' ${address}
else wget -SqO /dev/null ${address} 2>&1 | sed -n 's/^ *[Ll]ocation: *//p' | tail -n 1; fi`,
    ],
    sudo: host.sudo,
    timeoutMs: 30_000,
  }
}

/** Prints the status that the API of the server answers with where its certificate is published, and curl's own word for it. */
export const reachCommand = ({ host }: WantedNode, url: string): Command => ({
  argv: [
    'sh',
    '-c',
    `at=$1/cacerts
if command -v curl >/dev/null 2>&1; then curl -ks --max-time 8 -o /dev/null -w '%{http_code} %{errormsg}' "$at" || :
else wget --no-check-certificate -qO /dev/null -T 8 "$at" && echo 200 || echo '000 wget failed'; fi`,
    'reach',
    url,
  ],
  sudo: host.sudo,
  timeoutMs: 30_000,
})

export const nodesCommand = (cluster: Cluster): Command => kubectl(cluster, ['get', 'nodes', '-o', 'json'])

/** An agent's own token joins no servers; where the cluster has none apart, the file holds the same as the server's. */
export const tokenCommand = ({ role }: WantedNode, server: Cluster): Command => ({
  argv: [
    'sh',
    '-c',
    role === 'agent'
      ? 'cd /var/lib/rancher/k3s/server && { cat agent-token 2>/dev/null || cat node-token; }'
      : 'cat /var/lib/rancher/k3s/server/token',
  ],
  sudo: server.sudo,
  timeoutMs: 30_000,
})

export const writeToken = ({ host }: WantedNode, token: string | null): Command => ({
  argv: [
    'sh',
    '-c',
    `umask 077; mkdir -p ${TOKEN_FILE.replace(/\/[^/]*$/, '')} && cat >${TOKEN_FILE}.new && mv -f ${TOKEN_FILE}.new ${TOKEN_FILE}`,
  ],
  stdin: new Secret('the token of the cluster', token ?? '-'),
  sudo: host.sudo,
  timeoutMs: 30_000,
})

export const writeConfig = ({ host }: WantedNode, text: string | null): Command => ({
  argv: [
    'sh',
    '-c',
    text === null
      ? `rm -f ${CONFIG_FILE}`
      : `umask 077; mkdir -p ${CONFIG_FOLDER} && cat >${CONFIG_FOLDER}/.headroom.new && mv -f ${CONFIG_FOLDER}/.headroom.new ${CONFIG_FILE}`,
  ],
  ...(text !== null && { stdin: text }),
  sudo: host.sudo,
  timeoutMs: 30_000,
})

/**
 * Fetches the installer whole before it runs, so that a cut download never runs in part, and tells its digest. The service
 * is written and enabled, not started. What an earlier installation keeps in the service's environment is kept.
 */
export function installCommand(wanted: WantedNode, version: string): Command {
  const { host, role, joins, installer, installerSha256, airgap, datastore } = wanted
  const fetch = installer.startsWith('/')
    ? `cp -- ${quoteWord(installer)} "$tmp/install.sh"`
    : `if command -v curl >/dev/null 2>&1; then curl --proto '=https' --tlsv1.2 -fsSL --retry 3 --connect-timeout 20 -o "$tmp/install.sh" ${quoteWord(installer)}
else wget -q --tries=3 --timeout=20 -O "$tmp/install.sh" ${quoteWord(installer)}; fi`
  const unit = unitOf(role)
  const script = `set -e
tmp=$(mktemp -d); trap 'rm -rf -- "$tmp"' EXIT; trap 'exit 143' HUP INT TERM
${fetch} || { echo ${quoteWord(`the installer could not be fetched from ${installer}`)} >&2; exit 69; }
digest=$(sha256sum <"$tmp/install.sh"); digest=\${digest%% *}
echo "installer: sha256 $digest"
${installerSha256 === '' ? '' : `[ "$digest" = ${installerSha256} ] || { echo 'the installer is another one than expected' >&2; exit 65; }\n`}[ "$(head -c 2 "$tmp/install.sh")" = '#!' ] || { echo 'what was fetched is no script' >&2; exit 65; }
for file in /etc/systemd/system/${unit}.service.env /etc/rancher/k3s/${unit}.env; do
if [ -f "$file" ]; then set -a; . "$file"; set +a; fi; done
INSTALL_K3S_SKIP_START=true sh "$tmp/install.sh"`
  return {
    argv: ['sh', '-c', script],
    env: {
      INSTALL_K3S_EXEC: role,
      ...(version !== '' && { INSTALL_K3S_VERSION: version }),
      ...(airgap && { INSTALL_K3S_SKIP_DOWNLOAD: 'true' }),
      ...(joins && { K3S_URL: joins.url, K3S_TOKEN_FILE: TOKEN_FILE }),
      ...(datastore && { K3S_DATASTORE_ENDPOINT: datastore }),
    },
    sudo: host.sudo,
    timeoutMs: 20 * 60_000,
  }
}

/** Starts the service without waiting for it. Prints the host's time in seconds, from which its log counts, and what names its run until then. */
export const restartCommand = ({ host, role }: WantedNode): Command => ({
  argv: [
    'sh',
    '-c',
    `date +%s; if command -v systemctl >/dev/null 2>&1; then systemctl show ${unitOf(role)} -p InvocationID; systemctl reset-failed ${unitOf(role)} 2>/dev/null; systemctl restart --no-block ${unitOf(role)}
else rc-service ${unitOf(role)} restart >/dev/null; fi`,
  ],
  sudo: host.sudo,
  timeoutMs: 60_000,
})

/** Prints how the service stands and the host's time in seconds, then its log since the second given on standard input. */
export const statusCommand = ({ host, role }: WantedNode, since = 0): Command => ({
  argv: [
    'sh',
    '-c',
    `read -r since
echo "Now=$(date +%s)"
if command -v systemctl >/dev/null 2>&1; then systemctl show ${unitOf(role)} -p ActiveState -p SubState -p NRestarts -p InvocationID
journalctl -u ${unitOf(role)} --since "@$since" -n 40 --no-pager -o cat 2>/dev/null | sed 's/^/log /'
else rc-service ${unitOf(role)} status >/dev/null 2>&1 && echo ActiveState=active || echo ActiveState=failed
tail -n 40 /var/log/${unitOf(role)}.log 2>/dev/null | sed 's/^/log /'; fi`,
  ],
  stdin: `${since}\n`,
  sudo: host.sudo,
  timeoutMs: 30_000,
})

export const describeCommand = (cluster: Cluster, node: string): Command => kubectl(cluster, ['describe', 'node', node])

/** Moves the pods elsewhere as far as that goes. */
export const drainCommand = (cluster: Cluster, node: string): Command => {
  const words = (...argv: string[]) => ['kubectl', ...argv].map(quoteWord).join(' ')
  return inCluster(
    cluster,
    `${words('get', 'node', node)} >/dev/null 2>&1 || exit 0
${words('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=60s')} || :`,
    { timeoutMs: 120_000 },
  )
}

/** Takes the node out of the cluster; of a server its member of etcd goes too, so that has to happen while it runs. */
export const removeNodeCommand = (cluster: Cluster, node: string): Command =>
  kubectl(cluster, ['delete', 'node', node, '--ignore-not-found', '--timeout=60s'], { timeoutMs: 90_000 })

/** Removes k3s with all it keeps. The first server of a cluster only while nothing else depends on it. Exit 78: something does. */
export const uninstallCommand = ({ host, role, joins }: WantedNode): Command => {
  const script = `/usr/local/bin/${unitOf(role)}-uninstall.sh`
  const guard =
    role === 'agent' || joins !== null
      ? ''
      : `PATH=$PATH:/usr/local/bin
export KUBECONFIG=/etc/rancher/k3s/k3s.yaml
nodes=$(kubectl get nodes -o name --request-timeout=10s 2>/dev/null | wc -l)
[ "$nodes" -le 1 ] || { echo 'the cluster has other nodes' >&2; exit 78; }
pods=$(kubectl get pods --all-namespaces --field-selector metadata.namespace!=kube-system -o name --request-timeout=10s 2>/dev/null | wc -l)
[ "$pods" -eq 0 ] || { echo "the cluster runs $pods pods beside its own" >&2; exit 78; }
`
  return {
    argv: ['sh', '-c', `${guard}[ -x ${script} ] || exit 0\n${script}`],
    sudo: host.sudo,
    timeoutMs: 5 * 60_000,
  }
}
