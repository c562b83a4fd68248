import { formatQuantity } from '../format/quantity.ts'
import type { Stage } from '../model/stage.ts'
import { DEFAULT_AVAILABILITY } from './availability-defaults.ts'
import { type Calls, callsOf, isNeeded } from './availability-structure.ts'
import { type DecisionDiagram, DiagramTooLarge, decisionDiagram } from './decision-diagram.ts'

/** Minutes in a month of 730 hours (a twelfth of a year, as prices count it) and in a year of 365 days. */
export const MINUTES_PER_MONTH = 43_800
export const MINUTES_PER_YEAR = 525_600

type Node = Stage['nodes'][number]

/** A node or a link of the topology, and what it does to the whole. Minutes are of downtime a month. */
export interface AvailabilityPart {
  /** The node's id, or `from>to` of a link. */
  id: string
  kind: 'node' | 'link'
  name: string
  /** How many there are and how many of them must be up; 1 and 1 for a link. */
  count: number
  needed: number
  /** The share of time one of them is up, and the share in which enough of them are. */
  each: number
  value: number
  /** True where `each` is this product's assumption and not the plan's. */
  assumed: boolean
  /** Downtime that would go away if it never failed. */
  costMinutes: number
  /** Downtime that would go away with one more of it that can stand in. */
  oneMoreMinutes: number
}

export interface StageAvailability {
  /** The share of time in which the stage works, 0..1; null where it cannot be computed. */
  value: number | null
  /** Why `value` is null, as a sentence. */
  unknown: string | null
  downtimeMinutesPerMonth: number
  downtimeMinutesPerYear: number
  /** What the service needs, costliest first. */
  parts: AvailabilityPart[]
  /** The single change that takes away most downtime: one more of this part. Null where nothing would. */
  best: { part: AvailabilityPart; value: number; minutes: number } | null
  /** Availabilities and roles that the plan does not state, one sentence each. */
  assumed: string[]
  /** Names of nodes that the service goes on without. */
  notCounted: string[]
}

/** Diagrams of real topologies have some hundred nodes; this many are made in a few tenths of a second. */
const DIAGRAM_LIMIT = 200_000

/**
 * The availability of a stage from its topology, exactly.
 *
 * A node is up while at least `needed` of its `count` are, each independently. It works while it is up and everything it
 * calls works over its link; nodes of one `group` stand in for each other, so a call to one of them is answered by any. A
 * member that the caller has no link to is reached while one of its links to the group is up. The stage works while
 * everything that nothing else calls works. Nodes that call each other in a circle need each other. Components are
 * independent, and one on which several branches rest is counted as the one thing it is: the structure function is held as
 * a decision diagram and its probability is taken from that, so nothing is approximated.
 */
export function stageAvailability(stage: Pick<Stage, 'name' | 'nodes' | 'links'>): StageAvailability {
  const assumed = assumptionsOf(stage)
  const calls = callsOf(stage)
  const notCounted = stage.nodes.filter((node) => !calls.reached.has(node.id)).map((node) => node.name)
  const none = (unknown: string): StageAvailability => ({
    value: null,
    unknown,
    downtimeMinutesPerMonth: 0,
    downtimeMinutesPerYear: 0,
    parts: [],
    best: null,
    assumed,
    notCounted,
  })
  if (stage.nodes.length === 0) return none(`${stage.name} has no topology: the plan lists no nodes for it.`)
  if (calls.entries.length === 0) return none(`${stage.name} has no node that the service needs.`)

  const components = componentsOf(stage, calls)
  const solved = solve(calls, components)
  if (!solved)
    return none(
      `The topology of ${stage.name} is too interwoven to be computed exactly: merge nodes that stand in for each other into one with a count.`,
    )
  const { value, importance } = solved
  const parts = components
    .map((part, index) => {
      const weight = importance[index] as number
      return {
        ...part,
        costMinutes: (1 - part.value) * weight * MINUTES_PER_MONTH,
        oneMoreMinutes: (atLeast(part.needed, part.count + 1, part.each) - part.value) * weight * MINUTES_PER_MONTH,
      }
    })
    .sort((a, b) => b.costMinutes - a.costMinutes)
  const helper = parts.reduce<AvailabilityPart | null>(
    (best, part) => (part.oneMoreMinutes > (best?.oneMoreMinutes ?? 0) ? part : best),
    null,
  )
  return {
    value,
    unknown: null,
    downtimeMinutesPerMonth: (1 - value) * MINUTES_PER_MONTH,
    downtimeMinutesPerYear: (1 - value) * MINUTES_PER_YEAR,
    parts,
    best: helper && {
      part: helper,
      value: value + helper.oneMoreMinutes / MINUTES_PER_MONTH,
      minutes: helper.oneMoreMinutes,
    },
    assumed,
    notCounted,
  }
}

/** The probability that at least `needed` of `count` independent things are up, each with probability `each`. */
export function atLeast(needed: number, count: number, each: number): number {
  if (needed <= 0) return 1
  if (needed > count) return 0
  if (needed === count) {
    let all = 1
    for (let index = 0; index < count; index += 1) all *= each
    return all
  }
  // Adding one thing after the other; the last cell collects "needed or more". Sums of positive terms lose no digits.
  const up = new Float64Array(needed + 1)
  up[0] = 1
  for (let index = 0; index < count; index += 1) {
    up[needed] = (up[needed] as number) + (up[needed - 1] as number) * each
    for (let have = needed - 1; have > 0; have -= 1)
      up[have] = (up[have] as number) * (1 - each) + (up[have - 1] as number) * each
    up[0] = (up[0] as number) * (1 - each)
  }
  return Math.min(1, up[needed] as number)
}

type Component = Omit<AvailabilityPart, 'costMinutes' | 'oneMoreMinutes'>

/** Everything that may fail: the reached nodes in the order of `calls`, then the links between them that state how often. */
function componentsOf(stage: Pick<Stage, 'nodes' | 'links'>, calls: Calls): Component[] {
  const byId = new Map(stage.nodes.map((node) => [node.id, node]))
  const nodes = [...calls.reached].map((id): Component => {
    const node = byId.get(id) as Node
    const needed = node.needed ?? 1
    const each = node.availability ?? DEFAULT_AVAILABILITY[node.kind]
    return {
      id,
      kind: 'node',
      name: node.name,
      count: node.count,
      needed,
      each,
      value: atLeast(needed, node.count, each),
      assumed: node.availability === undefined,
    }
  })
  const links = calls.links.map((link): Component => {
    const each = link.availability
    const name = `${byId.get(link.from)?.name} to ${byId.get(link.to)?.name}`
    return { id: link.id, kind: 'link', name, count: 1, needed: 1, each, value: each, assumed: false }
  })
  return [...nodes, ...links]
}

/** Depth first suits branches and breadth first suits layers; the second is tried where the first grows too large. */
function solve(calls: Calls, components: readonly Component[]): { value: number; importance: Float64Array } | null {
  for (const order of [calls.depthFirst, calls.breadthFirst]) {
    const position = new Map(order.map((id, index) => [id, index]))
    const diagram = decisionDiagram(order.length, DIAGRAM_LIMIT)
    try {
      const root = functionOf(calls, diagram, (id) => diagram.variable(position.get(id) as number))
      const up = order.map((id) => components.find((one) => one.id === id)?.value ?? 1)
      const { value, importance } = diagram.probability(root, up)
      return {
        value,
        importance: Float64Array.from(components, (one) => importance[position.get(one.id) as number] as number),
      }
    } catch (error) {
      if (!(error instanceof DiagramTooLarge)) throw error
    }
  }
  return null
}

/**
 * "The stage works", as the greatest solution of the nodes' mutual conditions: starting from "everything works", each is
 * replaced by its condition until nothing changes. Where no circle is, one pass from the callees upwards settles all.
 */
function functionOf(calls: Calls, diagram: DecisionDiagram, variable: (id: string) => number): number {
  const works = new Map<string, number>()
  const always = 1
  const never = 0
  for (let changed = true; changed; ) {
    changed = false
    for (const id of calls.calleesFirst) {
      let own = variable(id)
      for (const call of calls.of.get(id) ?? []) {
        let answered = never
        for (const { to, links } of call) {
          const over = links.length === 0 ? always : links.map(variable).reduce(diagram.or)
          answered = diagram.or(answered, diagram.and(over, works.get(to) ?? always))
        }
        own = diagram.and(own, answered)
      }
      if (own !== (works.get(id) ?? always)) {
        works.set(id, own)
        changed = true
      }
    }
  }
  return calls.entries
    .map((members) => members.map((id) => works.get(id) ?? always).reduce(diagram.or))
    .reduce(diagram.and)
}

function assumptionsOf(stage: Pick<Stage, 'nodes' | 'links'>): string[] {
  const kinds = new Map<Node['kind'], string[]>()
  const skipped: string[] = []
  for (const node of stage.nodes) {
    if (!isNeeded(node)) {
      if (node.optional === undefined) skipped.push(node.name)
    } else if (node.availability === undefined) kinds.set(node.kind, [...(kinds.get(node.kind) ?? []), node.name])
  }
  const lines = [...kinds].map(([kind, names]) => {
    const share = formatQuantity(DEFAULT_AVAILABILITY[kind], 'ratio', { digits: 2 })
    return `One ${kind.replace('-', ' ')} is taken to be up ${share} of the time: ${names.join(', ')}.`
  })
  if (skipped.length > 0) lines.push(`The service is taken to go on without: ${skipped.join(', ')}.`)
  if (stage.links.some((link) => link.availability === undefined))
    lines.push('Links without a stated availability are taken never to fail by themselves.')
  if (stage.nodes.length > 1) lines.push('Failures are taken to be independent of each other.')
  return lines
}
