import type { Autoscaler } from '../model/autoscaler.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { type CheckTools, checkRange, type Path, unique, unknown } from './check-tools.ts'

/** What the topology, the supply and the times of a stage have wrong. */
export function checkTopology(stage: Stage, path: Path, plan: Plan, { say, known }: CheckTools): void {
  unique(stage.nodes, (node) => node.id, [...path, 'nodes'], 'id', say)
  const nodes = stage.nodes.map((node) => node.id)
  for (const [at, node] of stage.nodes.entries()) {
    if (node.needed !== undefined && node.needed > node.count)
      say([...path, 'nodes', at, 'needed'], `is more than there are (count: ${node.count})`)
  }
  for (const [at, link] of stage.links.entries()) {
    known([...path, 'links', at, 'from'], 'node', link.from, nodes)
    known([...path, 'links', at, 'to'], 'node', link.to, nodes)
    if (link.from === link.to) say([...path, 'links', at, 'to'], `the link leads from "${link.from}" to itself`)
  }
  for (const node of Object.keys(stage.positions ?? {})) {
    if (!nodes.includes(node)) say([...path, 'positions', node], unknown('node', node, nodes), 'key')
  }
  const resources = plan.demand.map((demand) => demand.resource)
  for (const [resource, supply] of Object.entries(stage.supply)) {
    const here = [...path, 'supply', resource]
    if (!resources.includes(resource)) say(here, unknown('demand resource', resource, resources), 'key')
    else if (supply < 0) say(here, 'is below 0')
  }
  const drivers = plan.drivers.map((driver) => driver.id)
  for (const [at, capacity] of stage.capacity.entries()) {
    known([...path, 'capacity', at, 'driver'], 'driver', capacity.driver, drivers)
    if (capacity.min !== undefined && capacity.max !== null && capacity.min > capacity.max)
      say([...path, 'capacity', at, 'max'], `is less than min (${capacity.min})`)
  }
  checkRange(stage.durationMonths, [...path, 'durationMonths'], say)
  checkRange(stage.downtimeMinutes, [...path, 'downtimeMinutes'], say)
  for (const [at, task] of stage.tasks.entries()) checkRange(task.months, [...path, 'tasks', at, 'months'], say)
}

/** What the autoscalers of a stage have wrong. */
export function checkAutoscalers(stage: Stage, path: Path, plan: Plan, { say, known }: CheckTools): void {
  unique(stage.autoscalers, (one) => one.id, [...path, 'autoscalers'], 'id', say)
  const resources = plan.demand.map((demand) => demand.resource)
  const rows = stage.lineItems.map((item) => item.id)
  for (const [at, one] of stage.autoscalers.entries()) {
    const here = [...path, 'autoscalers', at]
    if (one.min > one.max) say([...here, 'max'], `is less than min (${one.min})`)
    if (one.lineItem !== undefined) known([...here, 'lineItem'], 'row', one.lineItem, rows)
    for (const [nth, metric] of one.metrics.entries()) {
      known([...here, 'metrics', nth, 'resource'], 'demand resource', metric.resource, resources)
      if (one.kind !== 'keda' && metric.target > 1) {
        const share =
          metric.target <= 100
            ? `write ${Number((metric.target / 100).toPrecision(12))} for ${metric.target}%`
            : 'write 0.7 for 70%'
        say([...here, 'metrics', nth, 'target'], `is a share from 0 to 1; ${share}`)
      }
    }
    for (const [key, why] of misplaced(one)) say([...here, key], why)
  }
}

/** Fields that another kind of autoscaler has. */
function misplaced(one: Autoscaler): [string, string][] {
  const found: [string, string][] = []
  if (one.podsPerNode !== undefined && one.kind !== 'nodes') found.push(['podsPerNode', 'stands only at kind: nodes'])
  for (const key of ['polling', 'cooldown'] as const) {
    if (one[key] !== undefined && one.kind !== 'keda') found.push([key, 'stands only at kind: keda'])
  }
  if (one.min === 0 && one.kind === 'hpa') found.push(['min', 'an HPA keeps at least 1; only kind: keda goes to 0'])
  return found
}

/** Unknown stages in `after`, and stages that wait for each other in a circle, which is named once, at its first stage. */
export function checkOrder(plan: Plan, { say, known }: CheckTools): void {
  const ids = plan.stages.map((stage) => stage.id)
  for (const [index, stage] of plan.stages.entries()) {
    for (const [at, before] of stage.after.entries()) known(['stages', index, 'after', at], 'stage', before, ids)
  }
  const told = new Set<string>()
  for (const [index, stage] of plan.stages.entries()) {
    const circle = circleFrom(stage.id, plan)
    if (!circle || circle.some((id) => told.has(id))) continue
    for (const id of circle) told.add(id)
    const at = stage.after.indexOf(circle[1] ?? stage.id)
    const text =
      circle.length === 1
        ? `"${stage.id}" waits for itself`
        : `the stages wait for each other: ${[...circle, stage.id].join(' after ')}`
    say(['stages', index, 'after', at], text)
  }
}

/** The shortest way along `after` from a stage back to it, as ids from that stage on; null when there is none. */
function circleFrom(start: string, plan: Plan): string[] | null {
  const after = new Map(plan.stages.map((stage) => [stage.id, stage.after]))
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const id of queue) {
    for (const next of after.get(id) ?? []) {
      if (next === start) {
        const circle = [id]
        for (let at = id; at !== start; ) {
          at = cameFrom.get(at) as string
          circle.unshift(at)
        }
        return circle
      }
      if (cameFrom.has(next) || !after.has(next)) continue
      cameFrom.set(next, id)
      queue.push(next)
    }
  }
  return null
}
