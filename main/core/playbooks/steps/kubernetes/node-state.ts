import type { Command } from '../../../../../shared/model/command.ts'
import { CONFIG_FILE } from './config.ts'

/** How a host stands that is, or is to be, a node of k3s. */
export interface NodeState {
  root: boolean
  arch: string
  /** The name of the host in lower case, as k3s names the node. */
  name: string
  memory: number
  cpus: number
  /** Free bytes where /var/lib is. */
  free: number
  /** UTC seconds by its own clock. */
  clock: number
  init: 'systemd' | 'openrc' | 'none'
  downloader: 'curl' | 'wget' | 'none'
  memoryCgroup: boolean
  /** Who listens on 6443, such as "*:6443 nginx"; k3s itself is left out. */
  taken: string[]
  /** "v1.32.3+k3s1"; null: there is no k3s program. */
  version: string | null
  units: { role: 'server' | 'agent'; active: boolean; flags: string; url: string }[]
  /** What this step's own file of settings holds; null: there is none. */
  config: string | null
  /** The settings of config.yaml and the other files beside this step's own, by name only. */
  otherSettings: string[]
  datastore: 'etcd' | 'sqlite' | 'none'
  sqliteBytes: number
  /** The file of SQLite is there beside etcd, as where a move was broken off. */
  sqliteBeside: boolean
  swarm: string
  others: string[]
  firewall: string | null
  installer: boolean
}

/** Reads a host. `installer`: a path on it that is to be there; empty: none. */
export function nodeStateCommand(host: { sudo: boolean }, installer: string): Command {
  const path = installer.startsWith('/') ? installer : ''
  return { argv: ['sh', '-c', SCRIPT, 'k3s', path], sudo: host.sudo, timeoutMs: 60_000 }
}

const SCRIPT = `PATH=$PATH:/usr/local/bin
say() { printf '%s %s\\n' "$1" "$2"; }
have() { command -v "$1" >/dev/null 2>&1; }
say me "$(id -u)"; say arch "$(uname -m)"; say name "$(hostname | tr A-Z a-z)"; say clock "$(date +%s)"
say memory "$(awk '/^MemTotal:/ { printf "%.0f", $2 * 1024 }' /proc/meminfo)"
say cpus "$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc)"
say free "$(df -Pk /var/lib | awk 'NR == 2 { printf "%.0f", $4 * 1024 }')"
if have systemctl && [ -d /run/systemd/system ]; then say init systemd; elif [ -x /sbin/openrc-run ]; then say init openrc; else say init none; fi
if have curl; then say downloader curl; elif have wget; then say downloader wget; else say downloader none; fi
if grep -qw memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null || awk '$1 == "memory" && $4 == 1 { f = 1 } END { exit !f }' /proc/cgroups 2>/dev/null; then say cgroup yes; else say cgroup no; fi
if have ss; then ss -Hltnp 'sport = :6443' 2>/dev/null | while read -r state received sent local peer who; do say taken "$local \${who:-}"; done; fi
if have k3s; then say version "$(k3s --version 2>/dev/null | sed -n 's/^k3s version \\([^ ]*\\).*/\\1/p')"; fi
for role in server agent; do
unit=k3s; [ "$role" = server ] || unit=k3s-agent
file=/etc/systemd/system/$unit.service; env=$file.env
[ -f "$file" ] || { file=/etc/init.d/$unit; env=/etc/rancher/k3s/$unit.env; }
[ -f "$file" ] || continue
active=no
if have systemctl; then systemctl is-active --quiet "$unit" && active=yes; elif have rc-service; then rc-service "$unit" status >/dev/null 2>&1 && active=yes; fi
say "unit-$role" "$active"
say "flags-$role" "$(sed -n '/^ExecStart=/,/[^\\\\]$/p' "$file" | tr -d '\\n\\t\\\\' | sed "s/^ExecStart=[^ ]* *\\(server\\|agent\\)* *//; s/' *'/ /g; s/'//g; s/ *$//")"
say "url-$role" "$(sed -n "s/^K3S_URL=['\\"]*\\([^'\\"]*\\).*/\\1/p" "$env" 2>/dev/null)"
done
if [ -f ${CONFIG_FILE} ]; then say config "$(base64 <${CONFIG_FILE} | tr -d '\\n')"; fi
for file in /etc/rancher/k3s/config.yaml /etc/rancher/k3s/config.yaml.d/*.yaml; do
[ -f "$file" ] && [ "$file" != ${CONFIG_FILE} ] && sed -n 's/^\\([a-z][a-z0-9-]*\\)+*:.*/setting \\1/p' "$file"
done
db=/var/lib/rancher/k3s/server/db
if [ -d $db/etcd ]; then say datastore etcd; [ ! -f $db/state.db ] || say beside yes; elif [ -f $db/state.db ]; then say datastore sqlite; say sqlite "$(wc -c <$db/state.db)"; fi
if have docker; then say swarm "$(docker info --format '{{.Swarm.LocalNodeState}}' 2>/dev/null)"; fi
[ ! -d /var/lib/rancher/rke2 ] || say other RKE2
[ ! -d /var/snap/microk8s ] || say other MicroK8s
[ ! -f /etc/kubernetes/kubelet.conf ] || say other kubeadm
if have ufw && ufw status 2>/dev/null | grep -q '^Status: active'; then say firewall ufw; elif have firewall-cmd && firewall-cmd --state >/dev/null 2>&1; then say firewall firewalld; fi
[ -z "$1" ] || [ ! -f "$1" ] || say installer yes
:`

/** What the reading printed. */
export function readNodeState(stdout: string): NodeState {
  const lines = stdout.split('\n').map((line) => {
    const at = line.indexOf(' ')
    return at < 0 ? ([line, ''] as const) : ([line.slice(0, at), line.slice(at + 1).trim()] as const)
  })
  const all = (word: string) => lines.filter(([first]) => first === word).map(([, rest]) => rest)
  const one = (word: string) => all(word)[0] ?? ''
  const config = all('config')[0]
  return {
    root: one('me') === '0',
    arch: one('arch'),
    name: one('name'),
    memory: Number(one('memory')),
    cpus: Number(one('cpus')),
    free: Number(one('free')),
    clock: Number(one('clock')),
    init: (one('init') || 'none') as NodeState['init'],
    downloader: (one('downloader') || 'none') as NodeState['downloader'],
    memoryCgroup: one('cgroup') === 'yes',
    taken: all('taken').filter((line) => !/"k3s/.test(line)),
    version: one('version') === '' ? null : one('version'),
    units: (['server', 'agent'] as const)
      .filter((role) => all(`unit-${role}`).length > 0)
      .map((role) => ({
        role,
        active: one(`unit-${role}`) === 'yes',
        flags: one(`flags-${role}`),
        url: one(`url-${role}`),
      })),
    config: config === undefined ? null : Buffer.from(config, 'base64').toString('utf8'),
    otherSettings: [...new Set(all('setting'))],
    datastore: (one('datastore') || 'none') as NodeState['datastore'],
    sqliteBytes: Number(one('sqlite') || 0),
    sqliteBeside: one('beside') === 'yes',
    swarm: one('swarm'),
    others: all('other'),
    firewall: one('firewall') === '' ? null : one('firewall'),
    installer: one('installer') === 'yes',
  }
}
