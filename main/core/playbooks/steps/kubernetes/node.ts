import * as z from 'zod'
import { unifiedDiff } from '../../../../../shared/format/unified-diff.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import { previewOf } from '../../commands.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import { must, timeoutOf } from '../docker/engine.ts'
import {
  emptyPlan,
  type PlanContext,
  type RunContext,
  type StepHandler,
  type StepOutcome,
  type StepPlan,
} from '../step.ts'
import { type Cluster, type ClusterNode, readNodes } from './cluster.ts'
import { CONFIG_FILE } from './config.ts'
import { foresee, foreseen } from './foreseen.ts'
import {
  channelCommand,
  describeCommand,
  drainCommand,
  installCommand,
  nodesCommand,
  reachCommand,
  removeNodeCommand,
  restartCommand,
  statusCommand,
  tokenCommand,
  uninstallCommand,
  unitOf,
  writeConfig,
  writeToken,
} from './node-commands.ts'
import { moveAgainCommand, moveCommand } from './node-move.ts'
import { cautions, joinObstacles, obstacles } from './node-obstacles.ts'
import { awaitReady, statusNow } from './node-ready.ts'
import { type NodeState, nodeStateCommand, readNodeState } from './node-state.ts'
import { type NodeStep, type WantedNode, wantedNode } from './node-wanted.ts'
import { lastError } from './trouble.ts'
import { evenServers } from './version.ts'

const FactsSchema = z.object({
  version: z.string(),
  node: z.string(),
  /** k3s is not there yet. */
  fresh: z.boolean(),
  /** The installer runs; else only the settings change. */
  install: z.boolean(),
  /** What the file of settings held; null: there was none. */
  was: z.string().nullable(),
  /** Its start moves the cluster from SQLite to etcd. */
  moves: z.boolean().default(false),
})
type Facts = z.infer<typeof FactsSchema>

/** Makes a host a node of k3s, upgrades it, or changes its settings; a server or an agent, as the step says. */
export const k3sNode: StepHandler<'k3s-server'> & StepHandler<'k3s-agent'> = {
  async plan(step: NodeStep, context: PlanContext): Promise<StepPlan> {
    const wanted = wantedNode(step, context)
    const { host, joins, role } = wanted
    const plan = { ...emptyPlan(), hostIds: [...new Set([host.hostId, ...(joins ? [joins.hostId] : [])])] }
    const state = await readState(wanted, plan, context)
    const address = context.hosts.get(host.hostId).address
    plan.problems.push(...obstacles(wanted, state, { address }))
    plan.warnings.push(...cautions(wanted, state))
    const server = joins && (await readServer(joins, plan, context))
    const early = joins !== null && server === null ? foreseen(context, joins.hostId) : null
    if (joins && server)
      plan.problems.push(...joinObstacles(wanted, state, { name: joins.name, state: server.state, url: joins.url }))
    if (plan.problems.length > 0) return plan
    const version = await chosenVersion(wanted, state, server, plan, context)
    const decided = { ...wanted, version: version ?? wanted.version }
    if (server?.nodes) await reach(decided, plan, context)
    if (version === null || plan.problems.length > 0) return plan
    const unit = state.units.find((one) => one.role === role)
    const node = wanted.nodeName || state.name
    const install = !unit || (!wanted.airgap && version !== '' && state.version !== version)
    const moves = role === 'server' && wanted.etcd && joins === null && state.datastore === 'sqlite'
    const facts: Facts = { version, node, fresh: !unit, install, was: state.config, moves }
    const nodes = server?.nodes ?? (unit && joins === null ? await ownNodes(wanted, plan, context) : null)
    const there = nodes?.find(({ name }) => name === node)
    if (facts.fresh && there) return { ...plan, problems: [nameTaken(wanted, node)] }
    if (facts.fresh && early?.nodes?.includes(node)) return { ...plan, problems: [nameTaken(wanted, node)] }
    plan.facts = facts
    foreseeNode(decided, node, early, server, nodes, context)
    if (!install && state.config === wanted.config && unit?.active && there?.ready) {
      plan.alreadyDone = true
      plan.notes.push(`${wanted.hostName} is a ready ${role} of k3s ${state.version} with these settings already.`)
      return plan
    }
    tell(decided, state, facts, plan, { early, nodes })
    addCommands(decided, facts, plan, context)
    return plan
  },

  async run(step: NodeStep, context: RunContext): Promise<StepOutcome> {
    const facts = FactsSchema.parse(context.plan.facts)
    const wanted = { ...wantedNode(step, context), version: facts.version }
    const { host, joins, hostName, role } = wanted
    const registered = { version: facts.version, node: facts.node }
    if (context.plan.alreadyDone) return { kind: 'skip', registered }
    if (typeof context.memory.started !== 'number') {
      const printed = await throughLinkLoss(context, () => context.read(host.hostId, stateCommand(wanted)))
      const state = readNodeState(printed.toString('utf8'))
      const began = context.memory.began === true
      const [problem] = obstacles(wanted, state, { address: context.hosts.get(host.hostId).address, began })
      if (problem && !(began && problem.code === 'K3S_VERSION')) throw new HeadroomError(problem)
      await prepare(wanted, facts, context)
    }
    const cluster = clusterFor(wanted)
    const ready = () =>
      awaitReady(
        wanted,
        {
          cluster,
          node: facts.node,
          version: facts.version,
          since: Number(context.memory.started),
          invocation: String(context.memory.invocation ?? ''),
          timeoutMs: timeoutOf(step.timeout, context),
        },
        context,
      )
    try {
      await ready()
      if (facts.moves) await moveWhole(wanted, ready, context)
    } catch (error) {
      // The next try reads the token anew and starts the service again.
      if (error instanceof HeadroomError) context.remember({ started: null, before: null })
      throw error
    }
    context.stands('')
    const what = facts.fresh ? `a ready ${role}` : `ready again as ${role}`
    return {
      kind: 'done',
      outcome: `${hostName} is ${what} of k3s ${facts.version}${joins ? ` in the cluster of ${joins.name}` : ''}.`,
      registered,
    }
  },

  async undo(step: NodeStep, context: RunContext): Promise<void> {
    const facts = FactsSchema.parse(context.plan.facts)
    if (context.memory.began !== true) return
    const wanted = { ...wantedNode(step, context), version: facts.version }
    const { host, joins, hostName, role } = wanted
    if (!facts.fresh) {
      await must(context, host.hostId, writeConfig(wanted, facts.was), refused(`Putting ${CONFIG_FILE} back`))
      await must(context, host.hostId, restartCommand(wanted), refused('Starting k3s again'))
      return
    }
    const remove = async () => {
      if (joins)
        await must(
          context,
          joins.hostId,
          removeNodeCommand(joins, facts.node),
          refused(`Taking the node ${facts.node} out of the cluster`),
        )
    }
    if (joins) await must(context, joins.hostId, drainCommand(joins, facts.node), refused('Moving its pods'))
    if (role === 'server') await remove()
    const result = await throughLinkLoss(context, () => context.execute(host.hostId, uninstallCommand(wanted)))
    if (result.exitCode === 0) return role === 'agent' ? await remove() : undefined
    const why = result.stderr.trim().split('\n').at(-1) ?? ''
    throw new HeadroomError({
      code: result.exitCode === 78 ? 'K3S_IN_USE' : 'K3S_UNINSTALL_FAILED',
      fact: `k3s was not removed from ${hostName}: ${why || `exit code ${result.exitCode}`}.`,
      fix:
        result.exitCode === 78
          ? 'Remove what it runs and the other nodes, then undo again.'
          : 'Correct the cause, then undo again.',
    })
  },

  async abandon(step: NodeStep, context: RunContext): Promise<void> {
    const facts = FactsSchema.safeParse(context.plan.facts)
    if (!facts.success) return
    const wanted = wantedNode(step, context)
    await context.endDetached(wanted.host.hostId, installCommand(wanted, facts.data.version))
  },
}

/** Writes token and settings, runs the installer, starts the service. */
async function prepare(wanted: WantedNode, facts: Facts, context: RunContext): Promise<void> {
  const { host, joins, hostName } = wanted
  context.remember({ began: true })
  context.stands(`k3s on ${hostName} may be installed in part, or be starting.`)
  if (joins) {
    const token = (await throughLinkLoss(context, () => context.read(joins.hostId, tokenCommand(wanted, joins))))
      .toString('utf8')
      .trim()
    if (!/^\S+$/.test(token))
      throw new HeadroomError({
        code: 'K3S_TOKEN_MISSING',
        fact: `${joins.name} gave no token to join with.`,
        fix: `See whether ${joins.name} is a server of k3s, and whether sudo is needed to read its token.`,
        field: 'sudo',
      })
    context.conceal(new Secret('token of the cluster', token))
    const [, , password] = /^(K10[0-9a-f]{64}::\w+:)(.+)$/.exec(token) ?? []
    if (password) context.conceal(new Secret('token of the cluster', password))
    await must(context, host.hostId, writeToken(wanted, `${token}\n`), refused('Writing the token'))
  }
  await must(context, host.hostId, writeConfig(wanted, wanted.config), refused(`Writing ${CONFIG_FILE}`))
  if (facts.install && context.memory.installed !== true) {
    const result = await context.detached(host.hostId, installCommand(wanted, facts.version))
    if (result.exitCode !== 0)
      throw new HeadroomError({
        code: 'K3S_INSTALL_FAILED',
        fact: `The installer of k3s on ${hostName} failed: ${lastError(result.stderr.split('\n')) || result.stderr.trim().split('\n').at(-1) || `exit code ${result.exitCode}`}.`,
        fix: 'Correct what it names, then resume the run.',
      })
    context.remember({ installed: true })
  }
  await start(wanted, context)
}

/**
 * Starts the service, once: a k3s that is started anew while it moves SQLite to etcd takes the part that is there for the
 * whole. So what names the run of the service before is written down first, and where an earlier try came to starting it,
 * another name stands there now.
 */
async function start(wanted: WantedNode, context: RunContext): Promise<void> {
  const before = context.memory.before as { invocation: string; at: number } | null | undefined
  const now = await statusNow(wanted, Math.floor(context.environment.now() / 1000), context)
  if (before && now.invocation !== '' && now.invocation !== before.invocation)
    return context.remember({ started: before.at, invocation: before.invocation })
  context.remember({ before: { invocation: now.invocation, at: now.now } })
  const printed = await must(context, wanted.host.hostId, restartCommand(wanted), refused('Starting k3s'))
  const [second = '', ...rest] = printed.trim().split('\n')
  const invocation = /^InvocationID=(\S+)$/m.exec(rest.join('\n'))?.[1] ?? ''
  context.remember({ started: Number(second) || 0, invocation })
}

/**
 * Sees that all of SQLite is in etcd. A service that was started anew in the midst of its move, as by a restart that a
 * broken try had asked for, goes on with a part of the cluster: that is put aside, and the move done again.
 * @throws K3S_MOVE_BROKEN where it was broken off again
 */
async function moveWhole(wanted: WantedNode, ready: () => Promise<unknown>, context: RunContext): Promise<void> {
  const { host, hostName } = wanted
  const isPart = async () =>
    (await throughLinkLoss(context, () => context.read(host.hostId, moveCommand(wanted)))).toString().trim() === 'part'
  if (!(await isPart())) return
  const text = `k3s on ${hostName} was started anew in the midst of its move to etcd, which has a part of the cluster only: the part is put aside, and all of it is moved again from SQLite`
  context.line(host.hostId, 'note', text)
  context.stands(`The cluster of ${hostName} is in SQLite, of which a part was moved to etcd.`)
  // Where this is broken off too, the next try starts the service.
  context.remember({ started: null, before: null })
  await must(context, host.hostId, moveAgainCommand(wanted), refused('Putting the part of etcd aside'))
  await start(wanted, context)
  await ready()
  if (!(await isPart())) return
  throw new HeadroomError({
    code: 'K3S_MOVE_BROKEN',
    fact: `k3s on ${hostName} was started anew twice in the midst of its move from SQLite to etcd; SQLite still has all of the cluster.`,
    fix: 'See what starts or ends the service there (journalctl -u k3s), then resume the run: it moves again from SQLite.',
  })
}

const refused = (what: string) => ({
  code: 'K3S_COMMAND_FAILED',
  what,
  fix: 'Correct what it names, then resume the run.',
})

const clusterFor = ({ host, joins }: WantedNode): Cluster => joins ?? { ...host, kubeconfig: '' }
const stateCommand = (wanted: WantedNode) => nodeStateCommand(wanted.host, wanted.installer)

async function readState(wanted: WantedNode, plan: StepPlan, context: PlanContext): Promise<NodeState> {
  const command = stateCommand(wanted)
  plan.commands.push(previewOf(context, wanted.host.hostId, command, 'check'))
  const { stdout } = await context.hosts.run(wanted.host.hostId, command, { signal: context.signal })
  return readNodeState(stdout)
}

/** The server to join; null where an earlier step of the review makes it one. */
async function readServer(joins: NonNullable<WantedNode['joins']>, plan: StepPlan, context: PlanContext) {
  const command = nodeStateCommand(joins, '')
  plan.commands.push(previewOf(context, joins.hostId, command, 'check'))
  const { stdout } = await context.hosts.run(joins.hostId, command, { signal: context.signal })
  const state = readNodeState(stdout)
  const early = foreseen(context, joins.hostId)
  if (!state.units.some(({ role }) => role === 'server') && early.server) return null
  if (state.datastore === 'sqlite' && early.etcd) state.datastore = 'etcd'
  return { state, nodes: state.units.some(({ role }) => role === 'server') ? await ask(joins, plan, context) : null }
}

const ownNodes = (wanted: WantedNode, plan: StepPlan, context: PlanContext) => ask(clusterFor(wanted), plan, context)

async function ask(cluster: Cluster, plan: StepPlan, context: PlanContext): Promise<ClusterNode[] | null> {
  const command = nodesCommand(cluster)
  plan.commands.push(previewOf(context, cluster.hostId, command, 'check'))
  const { exitCode, stdout } = await context.hosts.run(cluster.hostId, command, { signal: context.signal })
  return exitCode === 0 ? readNodes(stdout) : null
}

/** The version to be there: the one stated, else that of the server to join, else the one there is, else the channel's. */
async function chosenVersion(
  wanted: WantedNode,
  state: NodeState,
  server: { state: NodeState } | null,
  plan: StepPlan,
  context: PlanContext,
): Promise<string | null> {
  if (wanted.version !== '') return wanted.version
  const early = wanted.joins ? foreseen(context, wanted.joins.hostId).version : undefined
  const theirs = server?.state.version ?? early
  if (wanted.joins && theirs) {
    plan.notes.push(`k3s ${theirs}, as ${wanted.joins.name} has it.`)
    return theirs
  }
  if (wanted.airgap || (state.version !== null && state.units.length > 0)) return state.version ?? ''
  const command = channelCommand(wanted)
  plan.commands.push(previewOf(context, wanted.host.hostId, command, 'check'))
  const { stdout } = await context.hosts.run(wanted.host.hostId, command, { signal: context.signal })
  const version = /v\d+\.\d+\.\d+(?:-rc\d+)?\+k3s\d+$/.exec(decodeURIComponent(stdout.trim()))?.[0]
  if (version !== undefined) {
    plan.notes.push(`k3s ${version}: what the channel ${wanted.channel} names now. The run installs this very version.`)
    return version
  }
  plan.problems.push({
    code: 'CHANNEL_UNREACHABLE',
    fact: `${wanted.hostName} could not find out which version the channel ${wanted.channel} of k3s names.`,
    fix: 'Let it reach update.k3s.io, or state the version.',
    field: 'version',
  })
  return null
}

async function reach(wanted: WantedNode, plan: StepPlan, context: PlanContext): Promise<void> {
  const { host, joins, hostName } = wanted
  if (!joins) return
  const command = reachCommand(wanted, joins.url)
  plan.commands.push(previewOf(context, host.hostId, command, 'check'))
  const { stdout } = await context.hosts.run(host.hostId, command, { signal: context.signal })
  if (/^200\b/.test(stdout)) return
  const why = stdout.trim().replace(/^000 ?/, '')
  plan.problems.push({
    code: 'K3S_SERVER_UNREACHABLE',
    fact: `${hostName} does not reach the API of ${joins.name} at ${joins.url}${why === '' ? '' : ` (${why})`}.`,
    fix: 'Open 6443/tcp between them, or state the address by which it is reached.',
    field: wanted.role === 'server' ? 'join_address' : 'server_address',
    value: joins.url,
  })
}

function foreseeNode(
  wanted: WantedNode,
  node: string,
  early: ReturnType<typeof foreseen> | null,
  server: { nodes: ClusterNode[] | null } | null,
  nodes: ClusterNode[] | null,
  context: PlanContext,
): void {
  const { joins, host, role } = wanted
  const known = joins ? foreseen(context, joins.hostId) : {}
  if (role === 'server')
    foresee(context, host.hostId, { server: true, etcd: wanted.etcd, version: wanted.version, changed: true })
  const counted = known.etcdServers ?? (server?.nodes ?? nodes ?? []).filter(({ etcd }) => etcd).length
  const at = joins?.hostId ?? host.hostId
  foresee(context, at, {
    nodes: [...(early?.nodes ?? known.nodes ?? []), node],
    etcdServers: counted + (wanted.etcd && !(nodes ?? []).some(({ name, etcd }) => name === node && etcd) ? 1 : 0),
  })
}

function tell(
  wanted: WantedNode,
  state: NodeState,
  facts: Facts,
  plan: StepPlan,
  { early, nodes }: { early: ReturnType<typeof foreseen> | null; nodes: ClusterNode[] | null },
): void {
  const { hostName, role, joins, etcd } = wanted
  if (facts.fresh) {
    plan.effects.push(
      `installs k3s ${facts.version} on ${hostName} as ${role === 'server' ? 'a server' : 'an agent'}${joins ? ` of the cluster of ${joins.name}` : ''}`,
    )
    plan.notes.push(
      joins
        ? `Its node is named ${facts.node}; undoing takes it out of the cluster and removes k3s.`
        : `Its node is named ${facts.node}; undoing removes k3s, unless the cluster has other nodes or runs pods beside its own.`,
    )
  } else {
    plan.downtime =
      role === 'server' ? 'none for what runs; the API answers again after some seconds' : 'none for what runs'
    plan.effects.push(
      `${facts.install ? `upgrades k3s on ${hostName} from ${state.version} to ${facts.version}` : `changes the settings of k3s on ${hostName}`} and starts its service again`,
    )
    if (facts.install) plan.notes.push('An upgrade is not undone: k3s does not read the data of a newer version.')
  }
  if (facts.moves) {
    plan.irreversible = true
    plan.notes.push(
      'The cluster moves from SQLite to embedded etcd when the service starts: there is no way back but a copy of SQLite from before.',
      'A service that is started anew in the midst of that goes on with a part of the cluster; where that is seen, the part is put aside and the move done again from SQLite, which is whole until the end.',
    )
  }
  if (facts.fresh && role === 'server' && etcd) {
    const before = early?.etcdServers ?? nodes?.filter((one) => one.etcd).length ?? 0
    const even = evenServers(before + 1)
    if (even) plan.warnings.push(even)
  }
  if (wanted.datastore)
    plan.notes.push('The address of the datastore is kept in the environment of the service, readable by root only.')
}

function addCommands(wanted: WantedNode, facts: Facts, plan: StepPlan, context: PlanContext): void {
  const { host, joins, hostName } = wanted
  const at = (
    hostId: string,
    command: Parameters<typeof previewOf>[2],
    purpose: Parameters<typeof previewOf>[3],
    how: { readOnly?: boolean; detached?: boolean } = {},
  ) => void plan.commands.push(previewOf(context, hostId, command, purpose, how))
  const cluster = clusterFor(wanted)
  if (joins) {
    at(joins.hostId, tokenCommand(wanted, joins), 'run', { readOnly: true })
    at(host.hostId, writeToken(wanted, null), 'run')
  }
  at(host.hostId, writeConfig(wanted, wanted.config), 'run')
  const unified = unifiedDiff(CONFIG_FILE, facts.was, wanted.config)
  if (unified !== '')
    plan.diffs.push({
      hostId: host.hostId,
      hostName,
      path: CONFIG_FILE,
      mode: '0600',
      before: facts.was,
      after: wanted.config,
      unified,
    })
  if (facts.install) at(host.hostId, installCommand(wanted, facts.version), 'run', { detached: true })
  at(host.hostId, restartCommand(wanted), 'run')
  at(host.hostId, statusCommand(wanted), 'verify', { readOnly: true })
  if (!plan.commands.some(({ hostId, text }) => hostId === cluster.hostId && text.includes('kubectl get nodes')))
    at(cluster.hostId, nodesCommand(cluster), 'verify', { readOnly: true })
  at(cluster.hostId, describeCommand(cluster, facts.node), 'verify', { readOnly: true })
  if (facts.moves) {
    at(host.hostId, moveCommand(wanted), 'verify', { readOnly: true })
    at(host.hostId, moveAgainCommand(wanted), 'cleanup')
  }
  plan.notes.push(
    `It waits until the node ${facts.node} is ready; the log of ${unitOf(wanted.role)} tells why where it is not.`,
  )
  if (facts.fresh) {
    if (joins) at(joins.hostId, drainCommand(joins, facts.node), 'undo')
    if (joins) at(joins.hostId, removeNodeCommand(joins, facts.node), 'undo')
    at(host.hostId, uninstallCommand(wanted), 'undo')
    plan.undoable = true
  } else if (!facts.install && !plan.irreversible) {
    at(host.hostId, writeConfig(wanted, facts.was), 'undo')
    plan.undoable = true
  }
}

const nameTaken = ({ hostName, joins }: WantedNode, node: string): Problem => ({
  code: 'NODE_NAME_TAKEN',
  fact: `The cluster${joins ? ` of ${joins.name}` : ''} has a node ${node} already, and ${hostName} would have the same name.`,
  fix: 'State another node_name.',
  field: 'node_name',
  value: node,
})
