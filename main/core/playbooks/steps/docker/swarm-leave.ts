import { setTimeout as pause } from 'node:timers/promises'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { emptyPlan, type PlanContext, type StepHandler } from '../step.ts'
import { docker, type Engine, engineOf, look, lookAgain, lookCommand, must, notManager, timeoutOf } from './engine.ts'
import { evenManagers, LIST_NODES, quorumProblem, readNodes, type SwarmNode } from './nodes.ts'
import { availabilityCommand, emptied, nodeTasksCommand, servicesCommand, servicesOn } from './swarm-node.ts'

const BETWEEN_LOOKS_MS = 500

/** Takes a node out of its swarm: drained, demoted where it is a manager, left, removed from the list. */
export const swarmLeave: StepHandler<'swarm-leave'> = {
  async plan(step, context) {
    const { engine, manager, host } = wantedOf(step, context)
    const plan = {
      ...emptyPlan(),
      hostIds: [...new Set([engine.hostId, manager.hostId])],
      downtime: 'none for services with replicas elsewhere; others while they start anew',
    }
    const own = lookCommand(engine)
    const swarm = lookCommand(manager, LIST_NODES)
    plan.commands.push(
      previewOf(context, engine.hostId, own, 'check'),
      previewOf(context, manager.hostId, swarm, 'check'),
    )
    const [mine, theirs] = await Promise.all([look(engine, own, context), look(manager, swarm, context)])
    for (const one of [mine, theirs]) if ('code' in one) plan.problems.push(one)
    if ('code' in mine || 'code' in theirs) return plan
    if (mine.swarm.LocalNodeState === 'inactive') {
      plan.alreadyDone = true
      plan.notes.push(`${host} is in no swarm.`)
      return plan
    }
    if (!theirs.swarm.ControlAvailable)
      return {
        ...plan,
        problems: [{ ...notManager(context.hostName(manager.hostId), theirs.swarm), field: 'manager' }],
      }
    const nodes = readNodes(theirs.after('node'))
    const node = nodes.find(({ ID }) => ID === mine.swarm.NodeID)
    if (!node) return { ...plan, problems: [elsewhere(host, context.hostName(manager.hostId))] }
    const problem = whatForbids(node, nodes, theirs.swarm.NodeID, host)
    if (problem) return { ...plan, problems: [problem] }
    const isManager = node.ManagerStatus !== ''
    plan.facts = { nodeId: node.ID, name: node.Hostname, isManager }
    const at = (command: ReturnType<typeof docker>, purpose: 'run' | 'verify', hostId = manager.hostId) =>
      plan.commands.push(previewOf(context, hostId, command, purpose, { readOnly: purpose === 'verify' }))
    at(availabilityCommand(manager, node.ID, 'drain'), 'run')
    at(nodeTasksCommand(manager, node.ID), 'verify')
    at(servicesCommand(manager), 'verify')
    if (isManager) at(demoteCommand(manager, node.ID), 'run')
    at(leaveCommand(engine), 'run', engine.hostId)
    at(removeCommand(manager, node.ID), 'run')
    plan.effects.push(`takes ${host} out of the swarm; its tasks move to other nodes`)
    plan.notes.push('Undone by joining it again: a new node with a new id and without its labels.')
    const left = nodes.filter(({ ID, ManagerStatus }) => ManagerStatus !== '' && ID !== node.ID).length
    const even = isManager ? evenManagers(left) : null
    if (even) plan.warnings.push(even)
    return plan
  },

  async run(step, context) {
    if (context.plan.alreadyDone) return { kind: 'skip' }
    const { engine, manager, host } = wantedOf(step, context)
    const nodeId = String(context.plan.facts.nodeId)
    const name = String(context.plan.facts.name)
    const swarm = await lookAgain(manager, lookCommand(manager, LIST_NODES), context)
    const nodes = readNodes(swarm.after('node'))
    const node = nodes.find(({ ID }) => ID === nodeId)
    const refused = (what: string) => ({
      code: 'SWARM_LEAVE_FAILED',
      what,
      fix: 'Correct what Docker names, then resume the run.',
    })
    if (node) {
      const problem = whatForbids(node, nodes, swarm.swarm.NodeID, host)
      if (problem) throw new HeadroomError(problem)
      if (node.Status === 'Ready') {
        const services =
          (context.memory.services as string[] | undefined) ?? (await servicesOn(manager, nodeId, context))
        context.remember({ services })
        context.stands(`${host} is drained or being drained, and still a node of the swarm.`)
        await must(context, manager.hostId, availabilityCommand(manager, nodeId, 'drain'), refused('Draining the node'))
        await emptied(manager, { id: nodeId, name, services }, timeoutOf(step.timeout, context), context)
        if (node.ManagerStatus !== '')
          await must(context, manager.hostId, demoteCommand(manager, nodeId), refused('Demoting the manager'))
      }
    }
    const mine = await lookAgain(engine, lookCommand(engine), context)
    if (mine.swarm.LocalNodeState !== 'inactive') {
      await demoted(engine, context, timeoutOf(step.timeout, context))
      await must(context, engine.hostId, leaveCommand(engine), refused('docker swarm leave'))
    }
    context.stands(`${host} has left the swarm, and may still be in the list of its nodes.`)
    await must(context, manager.hostId, removeCommand(manager, nodeId), refused('Removing the node from the list'))
    context.stands('')
    return { kind: 'done', outcome: `${host} has left the swarm.` }
  },
}

/** A demoted manager learns of it a moment later; leaving before would need force. */
async function demoted(engine: Engine, context: Parameters<typeof lookAgain>[2], timeoutMs: number): Promise<void> {
  const until = context.environment.elapsed() + timeoutMs
  while ((await lookAgain(engine, lookCommand(engine), context)).swarm.ControlAvailable) {
    if (context.environment.elapsed() >= until)
      throw new HeadroomError({
        code: 'SWARM_LEAVE_FAILED',
        fact: `${context.hostName(engine.hostId)} still acts as a manager after it was demoted.`,
        fix: 'See whether it reaches the other managers, then resume the run.',
      })
    await pause(BETWEEN_LOOKS_MS, undefined, { signal: context.signal })
  }
}

function whatForbids(node: SwarmNode, nodes: readonly SwarmNode[], asked: string, host: string): Problem | null {
  const quorum = quorumProblem(nodes, node)
  if (quorum) return quorum
  if (node.ID === asked)
    return {
      code: 'SWARM_LEAVE_SELF',
      fact: `${host} would have to take itself out of the swarm.`,
      fix: 'Name another manager (manager).',
      field: 'manager',
    }
  const others = nodes.filter(
    ({ ID, Status, Availability }) => ID !== node.ID && Status === 'Ready' && Availability === 'Active',
  )
  if (others.length > 0) return null
  return {
    code: 'SWARM_NO_OTHER_NODE',
    fact: `Without ${host} none of the ${nodes.length - 1} other nodes takes tasks.`,
    fix: 'Make another node active, or join one first.',
    field: 'host',
  }
}

function wantedOf(step: StepOf<'swarm-leave'>, context: PlanContext) {
  const engine = engineOf(step, context)
  const manager = engineOf(
    { host: step.manager, docker_host: step.manager_docker_host, sudo: step.manager_sudo ?? step.sudo },
    context,
  )
  return { engine, manager, host: context.hostName(engine.hostId) }
}

const elsewhere = (host: string, manager: string): Problem => ({
  code: 'SWARM_ELSEWHERE',
  fact: `${host} is a node of another swarm than ${manager}.`,
  fix: 'Name a manager of its swarm.',
  field: 'manager',
})

const demoteCommand = (manager: Engine, node: string) => docker(manager, ['docker', 'node', 'demote', node])
/** What an earlier try began may come to its end only now: then it has left, and cannot leave once more. */
const leaveCommand = (engine: Engine) =>
  docker(engine, [
    'sh',
    '-c',
    `said=$(docker swarm leave 2>&1) && exit 0
[ "$(docker info --format '{{.Swarm.LocalNodeState}}' 2>/dev/null)" != inactive ] || exit 0
printf '%s\\n' "$said" >&2
exit 1`,
  ])
const removeCommand = (manager: Engine, node: string) =>
  docker(manager, [
    'sh',
    '-c',
    `gone() { all=$(docker node ls -q) || return 1; case $all in *${node}*) return 1 ;; esac; }
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
gone && exit 0
docker node rm ${node} >/dev/null 2>&1 && exit 0
sleep 1
done
docker node rm ${node} || gone`,
  ])
