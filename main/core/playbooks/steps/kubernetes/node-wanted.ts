import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { Secret } from '../../../../../shared/model/secret.ts'
import { parseSize } from '../../../../../shared/playbook/parameters.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { isOn } from '../files/texts.ts'
import type { PlanContext } from '../step.ts'
import type { Cluster } from './cluster.ts'
import { configText, listOf, type Settings } from './config.ts'

export type NodeStep = StepOf<'k3s-server'> | StepOf<'k3s-agent'>

/** The node that a step is to make. */
export interface WantedNode {
  role: 'server' | 'agent'
  host: { hostId: string; sudo: boolean }
  hostName: string
  /** The server whose cluster it joins; null: it is the first one. */
  joins: (Cluster & { name: string; url: string }) | null
  /** Empty: what the channel names. */
  version: string
  channel: string
  /** Empty: the name of the host. */
  nodeName: string
  config: string
  etcd: boolean
  datastore: Secret | null
  installer: string
  installerSha256: string
  airgap: boolean
  /** Bytes. */
  minMemory: number
  besideSwarm: boolean
}

const SERVER_MEMORY = '1500MiB'
const AGENT_MEMORY = '450MiB'
const API_PORT = 6443

export function wantedNode(step: NodeStep, context: PlanContext): WantedNode {
  const { values } = context
  const plain = (text: string | undefined) => (text === undefined ? '' : values.plain(text).trim())
  const list = (value: readonly string[] | string | undefined) =>
    listOf(typeof value === 'string' ? values.plain(value) : value?.map((one) => values.plain(one)))
  const hostId = values.hostId(step.host)
  const sudo = isOn(step.sudo, context)
  const server = step.kind === 'k3s-server' ? plain(step.join) : plain(step.server)
  const serverSudo = step.kind === 'k3s-server' ? step.join_sudo : step.server_sudo
  const address = plain(step.kind === 'k3s-server' ? step.join_address : step.server_address)
  const joins =
    server === '' ? null : joined(server, serverSudo === undefined ? sudo : isOn(serverSudo, context), address, context)
  if (joins?.hostId === hostId)
    throw new HeadroomError({
      code: 'K3S_JOINS_ITSELF',
      fact: `${context.hostName(hostId)} cannot join the cluster through itself.`,
      fix: 'Name another server of the cluster.',
      field: step.kind === 'k3s-server' ? 'join' : 'server',
    })
  const clusterInit = step.kind === 'k3s-server' && isOn(step.cluster_init, context)
  const datastore = step.kind === 'k3s-server' && step.datastore !== undefined ? values.secret(step.datastore) : null
  const installer = plain(step.installer)
  if (!/^https:\/\/[^\s]+$|^\/[^\s]+$/.test(installer))
    throw new HeadroomError({
      code: 'INSTALLER_ADDRESS',
      fact: `"${installer}" is neither an https address nor an absolute path.`,
      fix: 'Write an address that begins with https://, or the path of the script on the server.',
      field: 'installer',
      value: installer,
    })
  const nodeName = plain(step.node_name)
  if (nodeName !== '' && !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(nodeName))
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `"${nodeName}" cannot be the name of a node.`,
      fix: 'Use lower-case letters, digits, dots and hyphens.',
      field: 'node_name',
      value: nodeName,
    })
  const own: Settings = {
    'node-name': nodeName,
    ...(clusterInit && joins === null && { 'cluster-init': true }),
    ...(step.kind === 'k3s-server' && { 'tls-san': list(step.tls_san), disable: list(step.disable) }),
    'node-label': list(step.node_labels),
    'node-taint': list(step.node_taints),
  }
  const further = Object.fromEntries(
    Object.entries(step.config ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string'
        ? values.plain(value)
        : Array.isArray(value)
          ? value.map((one) => values.plain(one))
          : value,
    ]),
  )
  return {
    role: step.kind === 'k3s-server' ? 'server' : 'agent',
    host: { hostId, sudo },
    hostName: context.hostName(hostId),
    joins,
    version: versionOf(plain(step.version)),
    channel: channelOf(plain(step.channel)),
    nodeName,
    config: configText({ ...own, ...further }),
    etcd: step.kind === 'k3s-server' && datastore === null && (clusterInit || joins !== null),
    datastore,
    installer,
    installerSha256: plain(step.installer_sha256),
    airgap: isOn(step.airgap, context),
    minMemory: bytesOf(plain(step.min_memory) || (step.kind === 'k3s-server' ? SERVER_MEMORY : AGENT_MEMORY)),
    besideSwarm: isOn(step.beside_swarm, context),
  }
}

function joined(
  server: string,
  sudo: boolean,
  address: string,
  context: PlanContext,
): NonNullable<WantedNode['joins']> {
  const hostId = context.values.hostId(server)
  const where = address === '' ? context.hosts.get(hostId).address : address
  const url = /^https:\/\//.test(where)
    ? where.replace(/\/+$/, '')
    : `https://${where.includes(':') && !where.startsWith('[') && where.split(':').length > 2 ? `[${where}]` : where}${/^[^:]+:\d+$/.test(where) ? '' : `:${API_PORT}`}`
  return { hostId, sudo, kubeconfig: '', name: context.hostName(hostId), url }
}

function versionOf(version: string): string {
  if (version === '' || /^v\d+\.\d+\.\d+(?:-rc\d+)?\+k3s\d+$/.test(version)) return version
  throw new HeadroomError({
    code: 'K3S_VERSION',
    fact: `"${version}" is no version of k3s.`,
    fix: 'Write it like v1.32.3+k3s1, or leave it empty for what the channel names.',
    field: 'version',
    value: version,
  })
}

function channelOf(channel: string): string {
  if (/^(?:stable|latest|testing|v\d+\.\d+(?:-testing)?)$/.test(channel)) return channel
  throw new HeadroomError({
    code: 'K3S_VERSION',
    fact: `"${channel}" is no channel of k3s.`,
    fix: 'Write stable, latest, or a minor version such as v1.32.',
    field: 'channel',
    value: channel,
  })
}

function bytesOf(text: string): number {
  const bytes = parseSize(text)
  if (bytes !== null) return bytes
  throw new HeadroomError({
    code: 'PARAMETER_INVALID',
    fact: `"${text}" is no size.`,
    fix: 'Write it like 512MiB or 2GiB.',
    field: 'min_memory',
    value: text,
  })
}
