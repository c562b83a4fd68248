import type { Stage } from '../model/stage.ts'
import { NOT_NEEDED_TO_SERVE } from './availability-defaults.ts'

type Topology = Pick<Stage, 'nodes' | 'links'>
type Node = Stage['nodes'][number]

/** One way in which a call can be answered: node `to`, while one of `links` is up; no links means a link that never fails. */
export interface Answer {
  to: string
  links: string[]
}

/** Who calls whom, among the nodes that the service rests on. Ids are of nodes, or `from>to` of links. */
export interface Calls {
  /** What must work: each entry is one node, or the members of one group, of which one is enough. */
  entries: string[][]
  /** The nodes that entries rest on, themselves included. */
  reached: Set<string>
  /** Links that may fail. */
  links: { id: string; from: string; to: string; availability: number }[]
  /** The calls of a node, each with the ways in which it can be answered. */
  of: Map<string, Answer[][]>
  calleesFirst: string[]
  /** Nodes and links that may fail, in two orders for a decision diagram. */
  depthFirst: string[]
  breadthFirst: string[]
}

export const isNeeded = (node: Node): boolean =>
  node.optional === undefined ? !NOT_NEEDED_TO_SERVE.includes(node.kind) : !node.optional

/**
 * Reads a topology as calls. Nodes of one group are one unit; a unit is needed when one of its nodes is. Links inside a
 * unit (a replica that follows its primary) are no calls, neither are links to units that are not needed, and links from
 * those make nothing an entry. An entry is a needed unit that no other needed unit calls; in a circle that nothing outside
 * calls, every unit is one. Links that name no node of the stage are left out.
 */
export function callsOf({ nodes, links }: Topology): Calls {
  const unitOf = new Map(
    nodes.map((node) => [node.id, node.group === undefined ? `node ${node.id}` : `group ${node.group}`]),
  )
  const members = new Map<string, string[]>()
  for (const node of nodes) {
    const unit = unitOf.get(node.id) as string
    members.set(unit, [...(members.get(unit) ?? []), node.id])
  }
  const needed = new Set(nodes.filter(isNeeded).map((node) => unitOf.get(node.id) as string))
  const calling = links.filter((link) => {
    const [from, to] = [unitOf.get(link.from), unitOf.get(link.to)]
    return from !== undefined && to !== undefined && from !== to && needed.has(from) && needed.has(to)
  })

  const weakest = new Map<string, { id: string; from: string; to: string; down: number }>()
  for (const { from, to, availability = 1 } of calling) {
    const id = `${from}>${to}`
    // The same link drawn twice is two links beside each other.
    weakest.set(id, { id, from, to, down: (weakest.get(id)?.down ?? 1) * (1 - availability) })
  }
  const drawn = [...weakest.values()]
  const mayFail = drawn.filter((link) => link.down > 0)

  const of = new Map<string, Answer[][]>()
  const callees = new Map<string, Set<string>>([...needed].map((unit) => [unit, new Set()]))
  for (const node of nodes) {
    const own = drawn.filter((link) => link.from === node.id)
    const units = [...new Set(own.map((link) => unitOf.get(link.to) as string))]
    for (const unit of units) callees.get(unitOf.get(node.id) as string)?.add(unit)
    of.set(
      node.id,
      units.map((unit) => {
        const there = own.filter((link) => unitOf.get(link.to) === unit)
        return (members.get(unit) as string[]).map((to) => {
          const direct = there.filter((link) => link.to === to)
          const over = direct.length > 0 ? direct : there
          return { to, links: over.some((link) => link.down === 0) ? [] : over.map((link) => link.id) }
        })
      }),
    )
  }

  const entries = entriesOf(callees).map((unit) => members.get(unit) as string[])
  const linksFrom = (id: string): string[] => mayFail.filter((link) => link.from === id).map((link) => link.id)
  const next = (id: string): string[] => (of.get(id) ?? []).flatMap((call) => call.map((answer) => answer.to))
  const { before, after } = depthFirst(entries.flat(), next)
  const reached = new Set(before)
  return {
    entries,
    reached,
    links: mayFail
      .filter((link) => reached.has(link.from))
      .map(({ id, from, to, down }) => ({ id, from, to, availability: 1 - down })),
    of,
    calleesFirst: after,
    depthFirst: before.flatMap((id) => [id, ...linksFrom(id)]),
    breadthFirst: breadthFirst(entries.flat(), next).flatMap((id) => [id, ...linksFrom(id)]),
  }
}

/** The units that can be reached from a unit, itself included. */
function reachable(from: string, callees: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set([from])
  for (const unit of found) for (const callee of callees.get(unit) ?? []) found.add(callee)
  return found
}

/** Units that nothing calls but what they themselves call in a circle. */
function entriesOf(callees: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reach = new Map([...callees.keys()].map((unit) => [unit, reachable(unit, callees)]))
  return [...callees.keys()].filter((unit) =>
    [...reach].every(([other, from]) => !from.has(unit) || reach.get(unit)?.has(other)),
  )
}

function depthFirst(starts: readonly string[], next: (id: string) => string[]): { before: string[]; after: string[] } {
  const before: string[] = []
  const after: string[] = []
  const seen = new Set<string>()
  const visit = (id: string): void => {
    if (seen.has(id)) return
    seen.add(id)
    before.push(id)
    for (const other of next(id)) visit(other)
    after.push(id)
  }
  for (const id of starts) visit(id)
  return { before, after }
}

function breadthFirst(starts: readonly string[], next: (id: string) => string[]): string[] {
  const found = new Set(starts)
  for (const id of found) for (const other of next(id)) found.add(other)
  return [...found]
}
