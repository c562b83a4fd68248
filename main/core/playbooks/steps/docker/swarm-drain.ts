import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { previewOf } from '../../commands.ts'
import { emptyPlan, type StepHandler } from '../step.ts'
import { engineOf, look, lookCommand, must, notManager, timeoutOf } from './engine.ts'
import { LIST_NODES, nodeOf, readNodes } from './nodes.ts'
import { availabilityCommand, emptied, nodeTasksCommand, servicesCommand, servicesOn } from './swarm-node.ts'

/** Drains a node until its tasks run elsewhere, pauses it, or makes it active again. */
export const swarmDrain: StepHandler<'swarm-drain'> = {
  async plan(step, context) {
    const manager = engineOf(step, context)
    const { hostId } = manager
    const plan = {
      ...emptyPlan(),
      hostIds: [hostId],
      downtime: 'none for services with replicas elsewhere; others while they start anew',
    }
    const availability = context.values.plain(step.availability)
    if (!['drain', 'pause', 'active'].includes(availability))
      throw new HeadroomError({
        code: 'PARAMETER_INVALID',
        fact: `"${availability}" is no availability of a node.`,
        fix: 'Write drain, pause or active.',
        field: 'availability',
        value: availability,
      })
    const command = lookCommand(manager, LIST_NODES)
    plan.commands.push(previewOf(context, hostId, command, 'check'))
    const found = await look(manager, command, context)
    if ('code' in found) return { ...plan, problems: [found] }
    const host = context.hostName(hostId)
    if (!found.swarm.ControlAvailable) return { ...plan, problems: [notManager(host, found.swarm)] }
    const nodes = readNodes(found.after('node'))
    const node = nodeOf(nodes, context.values.plain(step.node))
    if ('code' in node) return { ...plan, problems: [node] }
    const others = nodes.filter(
      ({ ID, Status, Availability }) => ID !== node.ID && Status === 'Ready' && Availability === 'Active',
    )
    if (availability === 'drain' && others.length === 0)
      return {
        ...plan,
        problems: [
          {
            code: 'SWARM_NO_OTHER_NODE',
            fact: `${node.Hostname} is the only node of ${nodes.length} that takes tasks: drained, its services would stop.`,
            fix: 'Make another node active, or join one first.',
            field: 'node',
            value: node.Hostname,
          },
        ],
      }
    const before = node.Availability.toLowerCase()
    plan.facts = { nodeId: node.ID, name: node.Hostname, before, availability }
    plan.alreadyDone = before === availability && availability !== 'drain'
    plan.undoable = true
    plan.commands.push(
      previewOf(context, hostId, availabilityCommand(manager, node.ID, availability), 'run'),
      previewOf(context, hostId, availabilityCommand(manager, node.ID, before), 'undo'),
      previewOf(context, hostId, nodeTasksCommand(manager, node.ID), 'verify', { readOnly: true }),
      previewOf(context, hostId, servicesCommand(manager), 'verify', { readOnly: true }),
    )
    if (plan.alreadyDone) plan.notes.push(`${node.Hostname} is ${availability} already.`)
    else if (availability === 'drain')
      plan.effects.push(`moves the tasks of ${node.Hostname} to ${others.map(({ Hostname }) => Hostname).join(', ')}`)
    else plan.effects.push(`makes ${node.Hostname} ${availability}`)
    return plan
  },

  async run(step, context) {
    const manager = engineOf(step, context)
    const { nodeId, name, availability } = context.plan.facts as Record<string, string>
    if (context.plan.alreadyDone) return { kind: 'skip' }
    const services =
      (context.memory.services as string[] | undefined) ?? (await servicesOn(manager, String(nodeId), context))
    context.remember({ services })
    context.stands(`${name} was told to be ${availability}.`)
    await must(context, manager.hostId, availabilityCommand(manager, String(nodeId), String(availability)), {
      code: 'NODE_UPDATE_FAILED',
      what: 'docker node update',
      fix: 'Correct what Docker names, then resume the run.',
    })
    if (availability === 'drain')
      await emptied(
        manager,
        { id: String(nodeId), name: String(name), services },
        timeoutOf(step.timeout, context),
        context,
      )
    context.stands('')
    return {
      kind: 'done',
      outcome: availability === 'drain' ? `Nothing runs on ${name} any more.` : `${name} is ${availability}.`,
    }
  },

  async undo(step, context) {
    const manager = engineOf(step, context)
    const { nodeId, before } = context.plan.facts as Record<string, string>
    await must(context, manager.hostId, availabilityCommand(manager, String(nodeId), String(before)), {
      code: 'NODE_UPDATE_FAILED',
      what: 'docker node update',
      fix: 'Correct what Docker names, then undo again.',
    })
  },
}
