import { setTimeout as pause } from 'node:timers/promises'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { emptyPlan, type PlanContext, type RunContext, type StepHandler } from '../step.ts'
import { chooseAddress, LIST_ADDRESSES } from './addresses.ts'
import {
  docker,
  type Engine,
  engineOf,
  type Look,
  lastLine,
  look,
  lookAgain,
  lookCommand,
  must,
  notManager,
  timeoutOf,
} from './engine.ts'
import { managerForeseen } from './foreseen.ts'
import { FIND_CLIENT, joinCommand, readAnswer } from './join-request.ts'
import { evenManagers, LIST_NODES, readNodes, type SwarmNode } from './nodes.ts'

const BETWEEN_LOOKS_MS = 500

interface Wanted {
  engine: Engine
  manager: Engine
  role: 'worker' | 'manager'
  host: string
}

/** Joins an engine to a swarm. The token is read from the manager while the run goes on, and shown nowhere. */
export const swarmJoin: StepHandler<'swarm-join'> = {
  async plan(step, context) {
    const { engine, manager, role, host } = wantedOf(step, context)
    const plan = { ...emptyPlan(), hostIds: [...new Set([engine.hostId, manager.hostId])], downtime: 'none' }
    const own = ownLook(engine)
    const swarm = lookCommand(manager, LIST_NODES)
    plan.commands.push(
      previewOf(context, engine.hostId, own, 'check'),
      previewOf(context, manager.hostId, swarm, 'check'),
    )
    const [mine, theirs] = await Promise.all([look(engine, own, context), look(manager, swarm, context)])
    for (const one of [mine, theirs]) if ('code' in one) plan.problems.push(one)
    if ('code' in mine || 'code' in theirs) return plan
    const foreseen = theirs.swarm.LocalNodeState === 'inactive' && managerForeseen(context, manager)
    if (!theirs.swarm.ControlAvailable && !foreseen)
      return {
        ...plan,
        problems: [{ ...notManager(context.hostName(manager.hostId), theirs.swarm), field: 'manager' }],
      }
    const nodes = readNodes(theirs.after('node'))
    const state = standing(mine, nodes, role, host)
    if (typeof state === 'object' && 'code' in state) return { ...plan, problems: [state] }
    const labels = labelsOf(step, context)
    const chosen = chooseAddress(
      mine.after('address'),
      context.values.plain(step.advertise ?? ''),
      context.hosts.get(engine.hostId).address,
      host,
    )
    if (state === 'out' && 'code' in chosen) return { ...plan, problems: [chosen] }
    const [client] = mine.after('client')
    if (state === 'out' && client === 'none') return { ...plan, problems: [noClient(host)] }
    plan.facts = { client, address: 'code' in chosen ? '' : chosen.address }
    if (state === 'in' && labels.length === 0) {
      plan.alreadyDone = true
      plan.notes.push(`${host} is a ${role} of this swarm already.`)
      return plan
    }
    if (state === 'out' && !('code' in chosen)) {
      plan.undoable = true
      plan.commands.push(
        previewOf(context, manager.hostId, tokenCommand(manager, role), 'run', { readOnly: true }),
        previewOf(context, engine.hostId, joinCommand(engine, client as 'curl', null), 'run'),
        previewOf(context, engine.hostId, leaveCommand(engine), 'undo'),
        previewOf(context, manager.hostId, removeCommand(manager, host, null), 'undo'),
      )
      plan.effects.push(`joins ${host} to the swarm of ${context.hostName(manager.hostId)} as a ${role}`)
      plan.notes.push(`Other nodes reach it at ${chosen.address} (${chosen.why}).`)
      if (role === 'manager') {
        const even = evenManagers(nodes.filter(({ ManagerStatus }) => ManagerStatus !== '').length + 1)
        if (even) plan.warnings.push(even)
      }
    }
    if (labels.length > 0)
      plan.commands.push(previewOf(context, manager.hostId, labelCommand(manager, host, labels, null), 'run'))
    return plan
  },

  async run(step, context) {
    const wanted = wantedOf(step, context)
    const { engine, manager, role, host } = wanted
    const swarm = await lookAgain(manager, lookCommand(manager, LIST_NODES), context)
    if (!swarm.swarm.ControlAvailable)
      throw new HeadroomError({ ...notManager(context.hostName(manager.hostId), swarm.swarm), field: 'manager' })
    const mine = await lookAgain(engine, ownLook(engine), context)
    const state = standing(mine, readNodes(swarm.after('node')), role, host, context.memory.began === true)
    if (typeof state === 'object') throw new HeadroomError(state)
    if (state === 'out') await join(step, wanted, swarm, context)
    const nodeId = await ready(wanted, timeoutOf(step.timeout, context), context)
    const labels = labelsOf(step, context)
    if (labels.length > 0)
      await must(context, manager.hostId, labelCommand(manager, host, labels, nodeId), {
        code: 'SWARM_LABEL_FAILED',
        what: 'Setting the labels of the node',
        fix: 'Correct what Docker names, then resume the run.',
      })
    context.stands('')
    const joined = state === 'out' || context.memory.began === true
    const outcome = `${host} is a ${role} of the swarm.`
    return joined || labels.length > 0
      ? { kind: 'done', outcome, registered: { node: nodeId } }
      : { kind: 'skip', registered: { node: nodeId } }
  },

  async undo(step, context) {
    if (context.memory.began !== true) return
    const { engine, manager, host } = wantedOf(step, context)
    const node = String(context.memory.node ?? '')
    await must(context, engine.hostId, leaveCommand(engine), {
      code: 'SWARM_LEAVE_FAILED',
      what: 'Leaving the swarm',
      fix: 'A manager has to be demoted first (docker node demote), then undo again.',
    })
    if (node !== '')
      await must(context, manager.hostId, removeCommand(manager, host, node), {
        code: 'SWARM_LEAVE_FAILED',
        what: 'Removing the node from the list of the swarm',
        fix: 'Remove it by hand (docker node rm).',
      })
  },
}

async function join(
  step: StepOf<'swarm-join'>,
  { engine, manager, role, host }: Wanted,
  swarm: Look,
  context: RunContext,
) {
  const token = (await context.read(manager.hostId, tokenCommand(manager, role))).toString('utf8').trim()
  if (!/^SWMTKN-\S+$/.test(token))
    throw new HeadroomError({
      code: 'SWARM_TOKEN',
      fact: `${context.hostName(manager.hostId)} gave no token to join with.`,
      fix: 'See whether docker swarm join-token works there.',
    })
  context.conceal(new Secret('join token', token))
  const again = context.memory.began === true
  context.remember({ began: true })
  context.stands(`${host} may have joined the swarm.`)
  const addresses = (swarm.swarm.RemoteManagers ?? []).map(({ Addr }) => Addr)
  const listen = context.values.plain(step.listen ?? '')
  const result = await context.execute(
    engine.hostId,
    joinCommand(engine, context.plan.facts.client as 'curl', {
      RemoteAddrs: addresses.length > 0 ? addresses : [`${swarm.swarm.NodeAddr}:2377`],
      JoinToken: token,
      AdvertiseAddr: String(context.plan.facts.address),
      ListenAddr: listen === '' ? '0.0.0.0:2377' : listen,
    }),
    { quiet: true },
  )
  const answer = readAnswer(result.stdout)
  // 503 with this text: the engine goes on trying by itself.
  if (answer.status === 200 || /will continue in the background/.test(answer.message)) return
  // What an earlier try asked for has come about meanwhile; whether it is this swarm shows at its manager.
  if (again && /already part of a swarm/.test(answer.message)) return
  throw new HeadroomError({
    code: 'SWARM_JOIN_FAILED',
    fact: `${host} could not join at ${addresses.join(', ') || swarm.swarm.NodeAddr}: ${lastLine(answer.message || result.stderr) || `status ${answer.status}`}.`,
    fix: 'Open 2377/tcp, 7946/tcp and udp, 4789/udp between the nodes, then resume the run.',
  })
}

/** Waits until the manager sees the node as ready. */
async function ready({ engine, manager, role, host }: Wanted, timeoutMs: number, context: RunContext): Promise<string> {
  const until = context.environment.elapsed() + timeoutMs
  let shown = ''
  for (;;) {
    const mine = (await lookAgain(engine, ownLook(engine), context)).swarm
    const nodes = readNodes((await lookAgain(manager, lookCommand(manager, LIST_NODES), context)).after('node'))
    const node = nodes.find(({ ID }) => ID === mine.NodeID && ID !== '')
    const text = node
      ? `${host}: ${node.Status}, ${node.ManagerStatus || 'worker'}`
      : `${host}: ${mine.LocalNodeState}${mine.Error ? `, ${lastLine(mine.Error)}` : ''}`
    if (text !== shown) {
      shown = text
      context.progress(null, text)
      context.line(engine.hostId, 'note', text)
    }
    if (node && node.Status === 'Ready' && (role === 'worker' || /Reachable|Leader/.test(node.ManagerStatus))) {
      context.remember({ node: node.ID })
      return node.ID
    }
    if (context.environment.elapsed() >= until)
      throw new HeadroomError({
        code: 'SWARM_JOIN_FAILED',
        fact: `${host} is not a ready ${role} of the swarm after the time allowed (${text}).`,
        fix: 'Open 2377/tcp, 7946/tcp and udp, 4789/udp between the nodes, then resume the run.',
      })
    await pause(BETWEEN_LOOKS_MS, undefined, { signal: context.signal })
  }
}

function wantedOf(step: StepOf<'swarm-join'>, context: PlanContext): Wanted {
  const engine = engineOf(step, context)
  const manager = engineOf(
    { host: step.manager, docker_host: step.manager_docker_host, sudo: step.manager_sudo ?? step.sudo },
    context,
  )
  const role = context.values.plain(step.role)
  if (role === 'worker' || role === 'manager') return { engine, manager, role, host: context.hostName(engine.hostId) }
  throw new HeadroomError({
    code: 'PARAMETER_INVALID',
    fact: `"${role}" is no role in a swarm.`,
    fix: 'Write worker or manager.',
    field: 'role',
    value: role,
  })
}

/** `began`: an earlier try of this run asked it to join, so being on the way is no surprise. */
function standing(
  { swarm }: Look,
  nodes: readonly SwarmNode[],
  role: string,
  host: string,
  began = false,
): 'out' | 'in' | Problem {
  const { LocalNodeState: state } = swarm
  if (state === 'inactive') return 'out'
  const node = nodes.find(({ ID }) => ID === swarm.NodeID && ID !== '')
  if (node) {
    if (role === 'manager' && node.ManagerStatus === '')
      return {
        code: 'SWARM_ROLE',
        fact: `${host} is a worker of this swarm already.`,
        fix: 'Promote it on a manager (docker node promote).',
        field: 'role',
      }
    return 'in'
  }
  if (began && (state === 'pending' || state === 'active')) return 'in'
  return {
    code: 'SWARM_ELSEWHERE',
    fact: `${host} is in ${state === 'active' ? 'another swarm' : `a swarm that is ${state}`}${swarm.Error ? `: ${lastLine(swarm.Error)}` : ''}.`,
    fix: 'Let it leave that swarm first (docker swarm leave), or name another server.',
    field: 'host',
  }
}

const ownLook = (engine: Engine) => lookCommand(engine, `${LIST_ADDRESSES}\n${FIND_CLIENT}`)

const tokenCommand = (manager: Engine, role: string) =>
  docker(manager, ['docker', 'swarm', 'join-token', '--quiet', role])

const leaveCommand = (engine: Engine) =>
  docker(engine, [
    'sh',
    '-c',
    `[ "$(docker info --format '{{.Swarm.LocalNodeState}}')" != inactive ] || exit 0
docker swarm leave`,
  ])

/** The node's id is known only when it has joined, so it travels on standard input. */
const removeCommand = (manager: Engine, host: string, node: string | null) =>
  docker(
    manager,
    [
      'sh',
      '-c',
      `read -r node
docker node inspect "$node" >/dev/null 2>&1 || exit 0
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do docker node rm "$node" >/dev/null 2>&1 && exit 0; sleep 1; done
docker node rm "$node"`,
    ],
    { stdin: new Secret(`the id of the node ${host}`, `${node ?? '-'}\n`) },
  )

const labelCommand = (manager: Engine, host: string, labels: readonly string[], node: string | null) =>
  docker(
    manager,
    [
      'sh',
      '-c',
      `read -r node; docker node update ${labels.map((label) => `--label-add ${quoteWord(label)}`).join(' ')} "$node" >/dev/null`,
    ],
    { stdin: new Secret(`the id of the node ${host}`, `${node ?? '-'}\n`) },
  )

const labelsOf = (step: StepOf<'swarm-join'>, { values }: PlanContext): string[] =>
  Object.entries(step.labels ?? {}).map(([name, value]) => `${name}=${values.plain(value)}`)

const noClient = (host: string): Problem => ({
  code: 'JOIN_NEEDS_CURL',
  fact: `${host} has neither curl nor python3, and docker swarm join would show the token in the list of processes.`,
  fix: 'Install curl there.',
  field: 'host',
})
