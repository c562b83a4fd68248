import { Graph, layout } from '@dagrejs/dagre'
import type { Stage } from '../../../../shared/model/stage.ts'

type Node = Stage['nodes'][number]
export interface Point {
  x: number
  y: number
}
export interface Placed extends Point {
  id: string
  width: number
  height: number
}
export interface Box {
  kind: 'region' | 'group'
  name: string
  x: number
  y: number
  width: number
  height: number
}
export interface TopologyLayout {
  /** With their middle at x, y, as `positions` of a stage has it too. */
  nodes: Map<string, Placed>
  /** Outer ones first; x, y is their upper left corner. */
  boxes: Box[]
  /** A polyline for each link, in the links' order, from border to border. */
  links: Point[][]
  left: number
  top: number
  width: number
  height: number
}

export type Direction = 'right' | 'down'

export const NODE_WIDTH = 224
export const NODE_HEIGHT = 56
export const LINE = 16
/** Above the name; a drum's lid needs as much. */
export const PAD = 14
const MARGIN = 16
const BOX_PAD = 16
const BOX_HEAD = 22
/** Services that are named in a node; of more, their number is. */
export const SHOWN_SERVICES = 5

/** What stands in a node, line by line, each as long as it has room for. */
export interface NodeText {
  name: string[]
  facts: string[]
  services: string[]
  changes: string[]
}

/** Characters of the name's and of the other lines that surely have room. */
const NAME_CHARACTERS = 25
const LINE_CHARACTERS = 33

export function nodeText(text: { name: string; facts: string[]; services: string[]; changes?: string[] }): NodeText {
  const short = (line: string) => shortened(line, LINE_CHARACTERS)
  const { services } = text
  const shown = services.length > SHOWN_SERVICES + 1 ? services.slice(0, SHOWN_SERVICES) : services
  const more = services.length - shown.length
  return {
    name: twoLines(text.name),
    facts: text.facts.map(short),
    services: [...shown.map(short), ...(more > 0 ? [`+ ${more}`] : [])],
    changes: (text.changes ?? []).map(short),
  }
}

const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`

function twoLines(text: string): string[] {
  if (text.length <= NAME_CHARACTERS) return [text]
  const cut = text.lastIndexOf(' ', NAME_CHARACTERS)
  const at = cut > 6 ? cut : NAME_CHARACTERS
  return [text.slice(0, at), shortened(text.slice(at).trim(), NAME_CHARACTERS)]
}

/** The upper edge of each part of a node from its top, and its height, px. */
export function nodeRows(text: NodeText): { facts: number; services: number; changes: number; height: number } {
  const facts = PAD + text.name.length * LINE
  const services = facts + text.facts.length * LINE + 8
  const changes = services + (text.services.length > 0 ? text.services.length * LINE + 8 : 0)
  return { facts, services, changes, height: changes + (text.changes.length > 0 ? text.changes.length * LINE + 8 : 0) }
}

/**
 * Lays a topology out in layers along its links, regions and groups kept together, so that the same stage always looks
 * the same; a node that was put by hand stays there. `heights` in px by node id, NODE_HEIGHT where not given.
 */
export function layoutTopology(
  stage: Pick<Stage, 'nodes' | 'links' | 'positions'>,
  direction: Direction,
  heights: ReadonlyMap<string, number> = new Map(),
): TopologyLayout {
  const ids = new Set(stage.nodes.map((node) => node.id))
  const links = stage.links.map((link) => (ids.has(link.from) && ids.has(link.to) ? link : null))
  const clusters = clustersOf(stage.nodes)
  const arranged = arrangementOf(stage.nodes, links, clusters, direction, heights)
  const nodes = new Map<string, Placed>()
  for (const node of stage.nodes) {
    const { x, y, width, height } = arranged.nodes.get(node.id) as Placed
    const byHand = stage.positions?.[node.id]
    nodes.set(node.id, { id: node.id, x: byHand?.x ?? x, y: byHand?.y ?? y, width, height })
  }
  const moved = (id: string) => stage.positions?.[id] !== undefined
  const lines = links.map((link, at) => {
    if (!link) return []
    const [from, to] = [nodes.get(link.from), nodes.get(link.to)] as [Placed, Placed]
    const points = arranged.links[at]
    if (points && !moved(link.from) && !moved(link.to)) return points
    return [borderPoint(from, to), borderPoint(to, from)]
  })
  const boxes = clusters.map((cluster) => boxOf(cluster, nodes, clusters))
  return { nodes, boxes, links: lines, ...boundsOf([...nodes.values()], boxes) }
}

interface Arrangement {
  nodes: ReadonlyMap<string, Placed>
  links: readonly (Point[] | null)[]
}
type Link = Pick<Stage['links'][number], 'from' | 'to'>

/** The last arrangements by all that they follow from: putting a node elsewhere, or writing in one, arranges nothing anew. */
const kept = new Map<string, Arrangement>()
const KEPT = 12

function arrangementOf(
  nodes: readonly Node[],
  links: readonly (Link | null)[],
  clusters: readonly Cluster[],
  direction: Direction,
  heights: ReadonlyMap<string, number>,
): Arrangement {
  const key = JSON.stringify([
    direction,
    nodes.map((node) => [node.id, heights.get(node.id), node.region, node.group]),
    links.map((link) => link && [link.from, link.to]),
  ])
  const known = kept.get(key)
  if (known) return known
  const made = arranged(nodes, links, clusters, direction, heights)
  const [oldest] = kept.keys()
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest)
  kept.set(key, made)
  return made
}

function arranged(
  nodes: readonly Node[],
  links: readonly (Link | null)[],
  clusters: readonly Cluster[],
  direction: Direction,
  heights: ReadonlyMap<string, number>,
): Arrangement {
  const graph = new Graph({ compound: true, multigraph: true })
  graph.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    nodesep: 28,
    edgesep: 14,
    ranksep: 56,
    marginx: MARGIN,
    marginy: MARGIN,
  })
  for (const cluster of clusters) graph.setNode(cluster.key, {})
  for (const cluster of clusters) if (cluster.within !== null) graph.setParent(cluster.key, cluster.within)
  for (const node of nodes) {
    graph.setNode(`n ${node.id}`, { width: NODE_WIDTH, height: heights.get(node.id) ?? NODE_HEIGHT })
    const inner = clusters.findLast((cluster) => cluster.members.has(node.id))
    if (inner) graph.setParent(`n ${node.id}`, inner.key)
  }
  for (const [at, link] of links.entries())
    if (link && link.from !== link.to) graph.setEdge(`n ${link.from}`, `n ${link.to}`, { weight: 1 }, `l ${at}`)
  if (nodes.length > 0) layout(graph)
  return {
    nodes: new Map(
      nodes.map(({ id }) => {
        const { x, y, width, height } = graph.node(`n ${id}`) as Required<Placed>
        return [id, { id, x, y, width, height }]
      }),
    ),
    links: links.map((link, at) => {
      if (!link) return null
      const edge = graph.edge(`n ${link.from}`, `n ${link.to}`, `l ${at}`) as { points?: Point[] } | undefined
      return edge?.points?.map(({ x, y }) => ({ x, y })) ?? null
    }),
  }
}

interface Cluster {
  key: string
  kind: Box['kind']
  name: string
  members: ReadonlySet<string>
  within: string | null
}

/** Regions, and the groups that lie within one region whole. A group across regions is told in its nodes. */
function clustersOf(nodes: readonly Node[]): Cluster[] {
  const members = (of: (node: Node) => string | undefined) => {
    const found = new Map<string, Set<string>>()
    for (const node of nodes) {
      const name = of(node)
      if (name !== undefined) found.set(name, (found.get(name) ?? new Set()).add(node.id))
    }
    return found
  }
  const clusters: Cluster[] = []
  for (const [name, ids] of members((node) => node.region || undefined))
    clusters.push({ key: `r ${name}`, kind: 'region', name, members: ids, within: null })
  for (const [name, ids] of members((node) => node.group)) {
    const regions = new Set(nodes.filter((node) => ids.has(node.id)).map((node) => node.region || undefined))
    const [region] = regions
    if (regions.size > 1 || ids.size < 2) continue
    clusters.push({ key: `g ${name}`, kind: 'group', name, members: ids, within: region ? `r ${region}` : null })
  }
  return clusters
}

/** Whether a node's group is drawn as a box around it. */
export function isBoxed(nodes: readonly Node[], node: Node): boolean {
  return clustersOf(nodes).some((one) => one.kind === 'group' && one.members.has(node.id))
}

function boxOf(cluster: Cluster, nodes: ReadonlyMap<string, Placed>, all: readonly Cluster[]): Box {
  const inside = [...cluster.members].map((id) => nodes.get(id) as Placed)
  const inner = all.filter((one) => one.within === cluster.key).length > 0 ? BOX_PAD + BOX_HEAD - 12 : 0
  const left = Math.min(...inside.map((one) => one.x - one.width / 2)) - BOX_PAD - inner / 2
  const right = Math.max(...inside.map((one) => one.x + one.width / 2)) + BOX_PAD + inner / 2
  const top = Math.min(...inside.map((one) => one.y - one.height / 2)) - BOX_HEAD - inner
  const bottom = Math.max(...inside.map((one) => one.y + one.height / 2)) + BOX_PAD / 2 + inner / 2
  const { kind, name } = cluster
  return { kind, name, x: left, y: top, width: right - left, height: bottom - top }
}

function boundsOf(nodes: readonly Placed[], boxes: readonly Box[]) {
  if (nodes.length === 0) return { left: 0, top: 0, width: 0, height: 0 }
  const left = Math.min(...nodes.map((one) => one.x - one.width / 2), ...boxes.map((one) => one.x)) - MARGIN
  const top = Math.min(...nodes.map((one) => one.y - one.height / 2), ...boxes.map((one) => one.y)) - MARGIN
  const right = Math.max(...nodes.map((one) => one.x + one.width / 2), ...boxes.map((one) => one.x + one.width))
  const bottom = Math.max(...nodes.map((one) => one.y + one.height / 2), ...boxes.map((one) => one.y + one.height))
  return { left, top, width: right + MARGIN - left, height: bottom + MARGIN - top }
}

/** Where the straight line from the middle of one node to another leaves its border. */
export function borderPoint(node: Placed, towards: Point): Point {
  const [dx, dy] = [towards.x - node.x, towards.y - node.y]
  if (dx === 0 && dy === 0) return { x: node.x, y: node.y }
  const across = dx === 0 ? Number.POSITIVE_INFINITY : node.width / 2 / Math.abs(dx)
  const along = dy === 0 ? Number.POSITIVE_INFINITY : node.height / 2 / Math.abs(dy)
  const share = Math.min(across, along, 1)
  return { x: node.x + dx * share, y: node.y + dy * share }
}

/** A smooth path through the points of a line. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`
  if (rest.length < 2) return [`M${at(first)}`, ...rest.map((point) => `L${at(point)}`)].join('')
  const parts = [`M${at(first)}`]
  for (const [index, point] of rest.slice(0, -1).entries()) {
    const next = rest[index + 1] as Point
    const middle = index === rest.length - 2 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }
    parts.push(`Q${at(point)} ${at(middle)}`)
  }
  return parts.join('')
}

const round = (value: number): number => Math.round(value * 10) / 10

/** The node that an arrow key leads to: along a link where one leads that way, else the nearest on that side. */
export function neighbourOf(
  from: string,
  key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown',
  drawn: TopologyLayout,
  links: readonly { from: string; to: string }[],
): string | null {
  const here = drawn.nodes.get(from)
  if (!here) return null
  const sideways = key === 'ArrowLeft' || key === 'ArrowRight'
  const sign = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1
  const linked = new Set(
    links.flatMap((link) => (link.from === from ? [link.to] : link.to === from ? [link.from] : [])),
  )
  let best: { id: string; far: number } | null = null
  for (const other of drawn.nodes.values()) {
    if (other.id === from) continue
    const ahead = sign * (sideways ? other.x - here.x : other.y - here.y)
    const aside = Math.abs(sideways ? other.y - here.y : other.x - here.x)
    if (ahead < 8) continue
    const alongLink = linked.has(other.id) && aside <= 2 * ahead
    const far = ahead + 2 * aside + (alongLink ? 0 : 10_000)
    if (!best || far < best.far) best = { id: other.id, far }
  }
  return best?.id ?? null
}
