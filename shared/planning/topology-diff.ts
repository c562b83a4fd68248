import type { Stage } from '../model/stage.ts'

type Node = Stage['nodes'][number]
type Link = Stage['links'][number]

/** What one stage's topology adds to, takes from and changes in another's. Ids are those of `after`; of `before` for what is gone. */
export interface TopologyDiff {
  nodes: Map<string, NodeChange>
  links: { link: Link; change: 'same' | 'added' | 'removed' | 'changed' }[]
  removed: Node[]
}

export type NodeChange =
  | { change: 'same' }
  | { change: 'added' }
  | { change: 'changed'; fields: FieldChange[] }
  | { change: 'removed' }

export interface FieldChange {
  field:
    | 'name'
    | 'kind'
    | 'count'
    | 'needed'
    | 'vcpu'
    | 'ramGb'
    | 'diskGb'
    | 'region'
    | 'group'
    | 'availability'
    | 'service'
  /** For a service, its name. */
  name?: string
  before: string | number | null
  after: string | number | null
}

const FIELDS = [
  'name',
  'kind',
  'count',
  'needed',
  'vcpu',
  'ramGb',
  'diskGb',
  'region',
  'group',
  'availability',
] as const

/**
 * Nodes are the same when they have the same id, or, where that finds none, the same name and kind. A removed node keeps
 * its own id, with a mark when a new node took it.
 */
export function topologyDiff(before: Stage, after: Stage): TopologyDiff {
  const partner = new Map<string, Node>()
  const left = new Set(before.nodes)
  const take = (node: Node, old: Node | undefined) => {
    if (!old) return
    partner.set(node.id, old)
    left.delete(old)
  }
  for (const node of after.nodes)
    take(
      node,
      [...left].find((old) => old.id === node.id),
    )
  for (const node of after.nodes)
    if (!partner.has(node.id))
      take(
        node,
        [...left].find((old) => old.name === node.name && old.kind === node.kind),
      )

  const nodes = new Map<string, NodeChange>()
  const nowCalled = new Map<string, string>()
  for (const node of after.nodes) {
    const old = partner.get(node.id)
    if (!old) {
      nodes.set(node.id, { change: 'added' })
      continue
    }
    nowCalled.set(old.id, node.id)
    const fields = changesOf(old, node)
    nodes.set(node.id, fields.length === 0 ? { change: 'same' } : { change: 'changed', fields })
  }
  const removed = [...left].map((node) => {
    const id = freeId(node.id, nodes)
    nodes.set(id, { change: 'removed' })
    nowCalled.set(node.id, id)
    return { ...node, id }
  })

  const old = new Map<string, Link>()
  for (const link of before.links) {
    const [from, to] = [nowCalled.get(link.from), nowCalled.get(link.to)]
    if (from !== undefined && to !== undefined) old.set(`${from} ${to}`, { ...link, from, to })
  }
  const links: TopologyDiff['links'] = after.links.map((link) => {
    const key = `${link.from} ${link.to}`
    const was = old.get(key)
    old.delete(key)
    if (!was) return { link, change: 'added' }
    return { link, change: was.availability === link.availability ? 'same' : 'changed' }
  })
  for (const link of old.values()) links.push({ link, change: 'removed' })
  return { nodes, links, removed }
}

function freeId(id: string, taken: ReadonlyMap<string, unknown>): string {
  let free = id
  while (taken.has(free)) free = `${free}-before`
  return free
}

function changesOf(old: Node, now: Node): FieldChange[] {
  const found: FieldChange[] = []
  for (const field of FIELDS) {
    const [before, after] = [old[field] ?? null, now[field] ?? null]
    if (before !== after) found.push({ field, before, after })
  }
  const services = (node: Node) => {
    const replicas = new Map<string, number>()
    for (const one of node.services) replicas.set(one.name, (replicas.get(one.name) ?? 0) + one.replicas)
    return replicas
  }
  const [was, is] = [services(old), services(now)]
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [before, after] = [was.get(name) ?? null, is.get(name) ?? null]
    if (before !== after) found.push({ field: 'service', name, before, after })
  }
  return found
}
