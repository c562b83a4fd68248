import * as z from 'zod'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { emptyPlan, type PlanContext, type StepHandler } from '../step.ts'
import { docker, type Engine, engineOf, look, lookCommand, must, notManager } from './engine.ts'
import { LIST_NODES, nodeOf, readNodes } from './nodes.ts'

const LABELS = `for node in $(docker node ls -q 2>/dev/null); do
docker node inspect --format 'labels {{.ID}} {{json .Spec.Labels}}' "$node"; done`

/** Sets and removes labels of a node. */
export const swarmLabel: StepHandler<'swarm-label'> = {
  async plan(step, context) {
    const manager = engineOf(step, context)
    const { hostId } = manager
    const plan = { ...emptyPlan(), hostIds: [hostId], downtime: 'none, unless a service may not run there any more' }
    const command = lookCommand(manager, `${LIST_NODES}\n${LABELS}`)
    plan.commands.push(previewOf(context, hostId, command, 'check'))
    const found = await look(manager, command, context)
    if ('code' in found) return { ...plan, problems: [found] }
    if (!found.swarm.ControlAvailable) return { ...plan, problems: [notManager(context.hostName(hostId), found.swarm)] }
    const node = nodeOf(readNodes(found.after('node')), context.values.plain(step.node))
    if ('code' in node) return { ...plan, problems: [node] }
    const line = found.after('labels').find((one) => one.startsWith(`${node.ID} `)) ?? ''
    const before = z.record(z.string(), z.string()).parse(JSON.parse(line.slice(node.ID.length + 1) || '{}') ?? {})
    const { set, remove } = wantedOf(step, context)
    const changed = new Map([...set].filter(([name, value]) => before[name] !== value))
    const removed = remove.filter((name) => name in before)
    plan.facts = { nodeId: node.ID, name: node.Hostname }
    plan.alreadyDone = changed.size + removed.length === 0
    if (plan.alreadyDone) {
      plan.notes.push(`${node.Hostname} has these labels already.`)
      return plan
    }
    const back = new Map(
      [...changed.keys(), ...removed].flatMap((name) => (name in before ? [[name, before[name] ?? ''] as const] : [])),
    )
    const gone = [...changed.keys()].filter((name) => !(name in before))
    const change = updateCommand(manager, node.ID, changed, removed)
    const undo = updateCommand(manager, node.ID, back, gone)
    plan.facts = { ...plan.facts, changed: [...changed], removed, back: [...back], gone }
    plan.undoable = true
    plan.commands.push(previewOf(context, hostId, change, 'run'), previewOf(context, hostId, undo, 'undo'))
    plan.effects.push(`changes the labels of ${node.Hostname}`)
    return plan
  },

  async run(step, context) {
    if (context.plan.alreadyDone) return { kind: 'skip' }
    const manager = engineOf(step, context)
    const facts = FactsSchema.parse(context.plan.facts)
    await must(
      context,
      manager.hostId,
      updateCommand(manager, facts.nodeId, new Map(facts.changed), facts.removed),
      refused,
    )
    return { kind: 'done', outcome: `${facts.name} has its labels.` }
  },

  async undo(step, context) {
    if (context.plan.alreadyDone) return
    const manager = engineOf(step, context)
    const facts = FactsSchema.parse(context.plan.facts)
    await must(context, manager.hostId, updateCommand(manager, facts.nodeId, new Map(facts.back), facts.gone), refused)
  },
}

const pairs = z.array(z.tuple([z.string(), z.string()]))
const FactsSchema = z.object({
  ...{ nodeId: z.string(), name: z.string() },
  ...{ changed: pairs, removed: z.array(z.string()), back: pairs, gone: z.array(z.string()) },
})

const refused = {
  code: 'SWARM_LABEL_FAILED',
  what: 'Setting the labels of the node',
  fix: 'Correct what Docker names, then resume the run.',
}

const wantedOf = (step: StepOf<'swarm-label'>, { values }: PlanContext) => ({
  set: new Map(Object.entries(step.set).map(([name, value]) => [name, values.plain(value)])),
  remove: step.remove.map((name) => values.plain(name)),
})

const updateCommand = (manager: Engine, node: string, set: ReadonlyMap<string, string>, remove: readonly string[]) =>
  docker(manager, [
    'docker',
    'node',
    'update',
    ...[...set].flatMap(([name, value]) => ['--label-add', `${name}=${value}`]),
    ...remove.flatMap((name) => ['--label-rm', name]),
    node,
  ])
