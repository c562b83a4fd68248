import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import { CONFIG_FILE } from './config.ts'
import type { NodeState } from './node-state.ts'
import type { WantedNode } from './node-wanted.ts'
import { compareK3s, forbiddenMove, parseK3sVersion } from './version.ts'

const ARCHITECTURES = new Set(['x86_64', 'amd64', 'aarch64', 'arm64', 'armv7l', 'armhf', 's390x'])
const COMFORTABLE_MEMORY = { server: 1.9 * 2 ** 30, agent: 0.9 * 2 ** 30 }
const LEAST_FREE = 2 * 2 ** 30
const CLOCKS_APART_S = 30

const bytes = (value: number): string => formatQuantity(value, 'bytes')

/** What stands in the way of installing or changing k3s on a host, seen on the host alone. `began`: by this very run. */
export function obstacles(
  wanted: WantedNode,
  state: NodeState,
  { address, began = false }: { address: string; began?: boolean },
): Problem[] {
  const { hostName: host, role } = wanted
  const found: Problem[] = []
  const say = (code: string, fact: string, fix: string, more: Partial<Problem> = {}) =>
    void found.push({ code, fact, fix, ...more })
  const unit = state.units.find((one) => one.role === role)
  if (!state.root)
    say('SUDO_NEEDED', `k3s on ${host} can be installed by root only.`, 'Set sudo: true.', { field: 'sudo' })
  if (state.init === 'none')
    say('INIT_MISSING', `${host} has neither systemd nor OpenRC, which start k3s.`, 'Name another server.', {
      field: 'host',
    })
  if (!ARCHITECTURES.has(state.arch))
    say('ARCHITECTURE', `There is no k3s for the architecture ${state.arch} of ${host}.`, 'Name another server.', {
      field: 'host',
    })
  if (state.memory < wanted.minMemory)
    say(
      'MEMORY_TOO_SMALL',
      `${host} has ${bytes(state.memory)} of memory; ${bytes(wanted.minMemory)} are asked for ${role === 'server' ? 'a server' : 'an agent'} of k3s.`,
      'Resize the server, or state a lower min_memory.',
      { field: 'min_memory' },
    )
  if (state.free < LEAST_FREE)
    say(
      'DISK_TOO_SMALL',
      `${host} has ${bytes(state.free)} free under /var/lib; k3s and its images need ${bytes(LEAST_FREE)} at least.`,
      'Make room.',
      { field: 'host' },
    )
  if (wanted.airgap && state.version === null)
    say('K3S_BINARY_MISSING', `${host} has no program /usr/local/bin/k3s.`, 'Put it there, or leave airgap out.', {
      field: 'airgap',
    })
  if (wanted.airgap && state.version !== null && wanted.version !== '' && state.version !== wanted.version)
    say(
      'K3S_VERSION',
      `/usr/local/bin/k3s on ${host} is ${state.version}, not ${wanted.version}.`,
      'Put that version there.',
      { field: 'version', value: wanted.version },
    )
  if (wanted.installer.startsWith('/') && !state.installer)
    say(
      'INSTALLER_MISSING',
      `There is no ${wanted.installer} on ${host}.`,
      'Put the installer of k3s there, or correct the path.',
      { field: 'installer', value: wanted.installer },
    )
  if (!wanted.installer.startsWith('/') && state.downloader === 'none')
    say(
      'DOWNLOADER_MISSING',
      `${host} has neither curl nor wget.`,
      'Install curl there, or put the installer there and name its path.',
      { field: 'installer' },
    )
  for (const other of state.others)
    say('KUBERNETES_PRESENT', `${host} is a node of ${other} already.`, 'Remove that first, or name another server.', {
      field: 'host',
    })
  if (['active', 'pending', 'locked'].includes(state.swarm) && !wanted.besideSwarm)
    say(
      'SWARM_PRESENT',
      `${host} is a node of a Docker swarm: both would want ports 80 and 443 and the memory.`,
      'Let it leave the swarm first, or set beside_swarm: true.',
      { field: 'host' },
    )
  const other = state.units.find((one) => one.role !== role)
  if (other)
    say(
      'K3S_ELSEWHERE',
      `${host} is ${other.role === 'server' ? 'a server' : 'an agent'} of k3s already${other.url === '' ? '' : ` (${other.url})`}.`,
      'Uninstall that first, or name another server.',
      { field: 'host' },
    )
  if (unit && wanted.joins !== null && unit.url !== wanted.joins.url && !began)
    say(
      'K3S_ELSEWHERE',
      `${host} is ${role === 'server' ? 'a server' : 'an agent'} of ${unit.url === '' ? 'a cluster of its own' : `the cluster at ${unit.url}`}, not of ${wanted.joins.url}.`,
      'Uninstall k3s there first, or correct the address.',
      { field: 'host' },
    )
  if (unit && unit.flags !== '')
    say(
      'K3S_FLAGS',
      `The service of k3s on ${host} carries flags that the installer would drop: ${unit.flags}.`,
      'Move them to /etc/rancher/k3s/config.yaml and take them out of the service, then review again.',
      { field: 'host' },
    )
  if (!unit && !began)
    for (const line of state.taken)
      if (conflicts(line, address))
        say(
          'PORT_IN_USE',
          `Another program of ${host} listens at ${line}, where the API of k3s is to listen.`,
          'End that program, or set https-listen-port under config.',
          { field: 'host', value: line },
        )
  found.push(...versionProblems(wanted, state))
  return found
}

function versionProblems(wanted: WantedNode, state: NodeState): Problem[] {
  const from = parseK3sVersion(state.version ?? '')
  const to = parseK3sVersion(wanted.version)
  if (!from || !to || state.units.length === 0 || compareK3s(from, to) === 0) return []
  const forbidden = forbiddenMove(from, to)
  if (forbidden === null) return []
  return [
    {
      code: 'K3S_VERSION',
      fact:
        forbidden === 'down'
          ? `${wanted.hostName} runs ${from.text}, which is newer than ${to.text}; a cluster cannot go back.`
          : `From ${from.text} to ${to.text} skips a minor version, which Kubernetes does not support.`,
      fix:
        forbidden === 'down' ? `Ask for ${from.text} or a newer one.` : `Go to v${from.major}.${from.minor + 1} first.`,
      field: 'version',
      value: to.text,
    },
  ]
}

/** Whether a listening socket is in the way of one on all addresses, of which the host is reached at `address`. */
function conflicts(line: string, address: string): boolean {
  const local =
    line
      .split(' ')[0]
      ?.replace(/:\d+$/, '')
      .replace(/^\[|\]$/g, '')
      .replace(/%.*$/, '') ?? ''
  return ['*', '0.0.0.0', '::', '127.0.0.1', '::1', address].includes(local)
}

/** What an expert would want to know before, and what forbids nothing. */
export function cautions(wanted: WantedNode, state: NodeState): string[] {
  const { hostName: host, role } = wanted
  const found: string[] = []
  if (state.memory < COMFORTABLE_MEMORY[role] && state.memory >= wanted.minMemory)
    found.push(
      `${host} has ${bytes(state.memory)} of memory; k3s itself takes about ${role === 'server' ? '1.6 GiB' : '300 MiB'}.`,
    )
  if (role === 'server' && state.cpus < 2) found.push(`${host} has one CPU; two are advised for a server of k3s.`)
  if (!state.memoryCgroup)
    found.push(`The kernel of ${host} seems to have no control group for memory, which k3s needs.`)
  if (state.firewall !== null)
    found.push(
      `${state.firewall} is active on ${host}: between the nodes it must let pass 6443/tcp, 10250/tcp, 8472/udp${wanted.etcd ? ', 2379-2380/tcp' : ''}, and the networks 10.42.0.0/16 and 10.43.0.0/16.`,
    )
  if (role === 'server' && state.datastore === 'etcd' && state.sqliteBeside)
    found.push(
      `${host} has the file of SQLite (state.db) beside etcd. k3s renames it when its move is whole: a move was broken off there, and etcd may hold a part of the cluster only, or the file is left of another time.`,
    )
  const own = [...wanted.config.matchAll(/^([a-z][a-z0-9-]*)\+?:/gm)].map((match) => match[1] ?? '')
  const both = own.filter((name) => state.otherSettings.includes(name))
  if (both.length > 0)
    found.push(`${host} sets ${both.join(', ')} in config.yaml too; what ${CONFIG_FILE} says will hold.`)
  return found
}

/** What stands in the way of joining, seen on both sides. */
export function joinObstacles(
  wanted: WantedNode,
  mine: NodeState,
  server: { name: string; state: NodeState; url: string },
): Problem[] {
  const found: Problem[] = []
  const apart = Math.abs(mine.clock - server.state.clock)
  if (apart > CLOCKS_APART_S)
    found.push({
      code: 'CLOCK_SKEW',
      fact: `The clocks of ${wanted.hostName} and ${server.name} are ${apart} seconds apart.`,
      fix: 'Set both by NTP (timedatectl set-ntp true).',
      field: 'host',
    })
  if (!server.state.units.some(({ role }) => role === 'server'))
    found.push({
      code: 'NOT_A_K3S_SERVER',
      fact: `${server.name} is no server of k3s.`,
      fix: 'Name one, or install it first.',
      field: wanted.role === 'server' ? 'join' : 'server',
    })
  else if (wanted.role === 'server' && server.state.datastore === 'sqlite')
    found.push({
      code: 'ETCD_NEEDED',
      fact: `${server.name} keeps its cluster in SQLite, which one server only can use.`,
      fix: 'Move it to embedded etcd first (playbook k3s-etcd).',
      field: 'join',
    })
  const theirs = parseK3sVersion(server.state.version ?? '')
  const own = parseK3sVersion(wanted.version)
  if (theirs && own && compareK3s(own, theirs) > 0 && (own.minor !== theirs.minor || own.major !== theirs.major))
    found.push({
      code: 'K3S_VERSION',
      fact: `${own.text} is newer than ${theirs.text} of ${server.name}; servers are upgraded first.`,
      fix: `Ask for ${theirs.text}, or upgrade the servers.`,
      field: 'version',
      value: own.text,
    })
  return found
}
