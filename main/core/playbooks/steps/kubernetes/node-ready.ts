import { setTimeout as pause } from 'node:timers/promises'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import type { RunContext } from '../step.ts'
import { type Cluster, type ClusterNode, readNodes } from './cluster.ts'
import { describeCommand, nodesCommand, statusCommand } from './node-commands.ts'
import type { WantedNode } from './node-wanted.ts'
import { causeIn, lastError } from './trouble.ts'

const BETWEEN_LOOKS_MS = 1000
/** A service that says the same fault so often in a row does not get over it by itself. */
const LOOKS_TO_GIVE_UP = 4
/** Kubernetes keeps whole seconds. */
const HEARTBEAT_SLACK_S = 1
/** Faults that pass by themselves when the other side comes up. */
const PATIENT = new Set(['K3S_SERVER_UNREACHABLE'])

interface Status {
  service: string
  restarts: number
  log: string[]
  invocation: string
  /** The host's time in seconds. */
  now: number
}

function readStatus(stdout: string): Status {
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? ''
  const log = stdout
    .split('\n')
    .filter((line) => line.startsWith('log '))
    .map((line) => line.slice(4))
  return {
    service: value('ActiveState'),
    restarts: Number(value('NRestarts') || 0),
    log,
    invocation: value('InvocationID'),
    now: Number(value('Now') || 0),
  }
}

/** How the service stands, with its log since that second. */
export async function statusNow(wanted: WantedNode, since: number, context: RunContext): Promise<Status> {
  const read = () => context.read(wanted.host.hostId, statusCommand(wanted, since))
  return readStatus((await throughLinkLoss(context, read)).toString('utf8'))
}

/** The nodes of the cluster; null where its API does not answer. */
async function nodesNow(cluster: Cluster, context: RunContext): Promise<ClusterNode[] | null> {
  const printed = (await throughLinkLoss(context, () => context.read(cluster.hostId, nodesCommand(cluster)))).toString(
    'utf8',
  )
  return printed.trim().startsWith('{') ? readNodes(printed) : null
}

/**
 * Waits until the cluster sees the node as ready in the version wanted.
 * @throws K3S_NOT_READY with what the node and its service say, or the fault that the log of the service names
 */
export async function awaitReady(
  wanted: WantedNode,
  {
    cluster,
    node,
    version,
    since,
    invocation,
    timeoutMs,
  }: { cluster: Cluster; node: string; version: string; since: number; invocation: string; timeoutMs: number },
  context: RunContext,
): Promise<ClusterNode> {
  const { hostName, host, joins } = wanted
  const until = context.environment.elapsed() + timeoutMs
  const about = { host: hostName, server: joins?.name ?? hostName }
  let shown = ''
  let same = { code: '', times: 0 }
  for (;;) {
    const status = await statusNow(wanted, since, context)
    const nodes = await nodesNow(cluster, context)
    const found = nodes?.find(({ name }) => name === node)
    const text = told(hostName, status, nodes, found, version)
    if (text !== shown) {
      shown = text
      context.progress(null, text)
      context.line(host.hostId, 'note', text)
    }
    // The run of before, and what the node said while it lasted, prove nothing.
    const anew = invocation === '' || status.invocation !== invocation
    const heard = found?.heartbeat === null || (found?.heartbeat ?? 0) >= since - HEARTBEAT_SLACK_S
    if (found?.ready && anew && heard && status.service === 'active' && (version === '' || found.version === version))
      return found
    const cause = causeIn(status.log, about)
    same = cause ? { code: cause.code, times: cause.code === same.code ? same.times + 1 : 1 } : { code: '', times: 0 }
    const late = context.environment.elapsed() >= until
    if (cause && (late || (same.times >= LOOKS_TO_GIVE_UP && !PATIENT.has(cause.code)))) {
      show(status, context, host.hostId)
      throw new HeadroomError(cause)
    }
    if (late) throw new HeadroomError(await notReady(wanted, { cluster, node, status, found, shown }, context))
    await pause(BETWEEN_LOOKS_MS, undefined, { signal: context.signal })
  }
}

function told(
  host: string,
  status: Status,
  nodes: ClusterNode[] | null,
  found: ClusterNode | undefined,
  version: string,
): string {
  const service = `${host}: service ${status.service || 'not there'}${status.restarts > 0 ? `, ${status.restarts} restarts` : ''}`
  if (nodes === null) return `${service}, the API does not answer yet`
  if (!found) return `${service}, not among the ${nodes.length} nodes yet`
  if (!found.ready) return `${service}, node not ready (${found.reason})`
  return found.version === version || version === ''
    ? `${service}, node ready`
    : `${service}, node ready, still ${found.version}`
}

function show(status: Status, context: RunContext, hostId: string): void {
  for (const line of status.log.slice(-20)) context.line(hostId, 'stderr', line)
}

async function notReady(
  wanted: WantedNode,
  {
    cluster,
    node,
    status,
    found,
    shown,
  }: { cluster: Cluster; node: string; status: Status; found: ClusterNode | undefined; shown: string },
  context: RunContext,
): Promise<Problem> {
  show(status, context, wanted.host.hostId)
  const described = await context
    .execute(cluster.hostId, describeCommand(cluster, node), { quiet: true })
    .then(({ exitCode, stdout }) => (exitCode === 0 ? stdout : ''))
    .catch(() => '')
  for (const line of described.split('\n')) if (line.trim() !== '') context.line(cluster.hostId, 'note', line)
  const error = lastError(status.log)
  return {
    code: 'K3S_NOT_READY',
    fact: found
      ? `The node ${node} is not ready after the time allowed: ${found.reason || shown}.`.replace(/\.\.$/, '.')
      : `${wanted.hostName} is no ready node after the time allowed (${shown})${error === '' ? '' : `; its service says: ${error}`}.`,
    fix: 'Correct what the node and its service name, then resume the run: it goes on from here.',
    details: {
      ...(described !== '' && { 'kubectl describe node': sections(described) }),
      ...(status.log.length > 0 && { log: status.log.slice(-15).join('\n') }),
    },
  }
}

/** The conditions and the events of what kubectl describe prints. */
function sections(text: string): string {
  const kept: string[] = []
  let inside = false
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) inside = /^(?:Conditions|Events|Taints):/.test(line)
    if (inside) kept.push(line)
  }
  return kept.join('\n').slice(0, 4000)
}
