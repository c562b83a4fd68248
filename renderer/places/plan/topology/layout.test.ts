import { array, assert, boolean, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Stage, StageSchema } from '../../../../shared/model/stage.ts'
import {
  borderPoint,
  isBoxed,
  layoutTopology,
  NODE_HEIGHT,
  neighbourOf,
  nodeRows,
  nodeText,
  type Placed,
  pathThrough,
} from './layout.ts'

const stageOf = (nodes: Record<string, unknown>[], links: [string, string][] = [], positions?: Stage['positions']) =>
  StageSchema.parse({
    id: 's',
    name: 'S',
    objective: '',
    nodes: nodes.map((node) => ({ kind: 'server', name: node.id, ...node })),
    links: links.map(([from, to]) => ({ from, to })),
    positions,
  })
const overlap = (a: Placed, b: Placed) =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2

const chain = stageOf(
  [{ id: 'cdn' }, { id: 'web', services: [{ name: 'api' }] }, { id: 'db' }],
  [
    ['cdn', 'web'],
    ['web', 'db'],
  ],
)

describe('the layout of a topology', () => {
  it('follows the links, to the right or down', () => {
    const right = layoutTopology(chain, 'right')
    const xs = ['cdn', 'web', 'db'].map((id) => right.nodes.get(id)?.x ?? 0)
    expect(xs).toEqual(xs.toSorted((a, b) => a - b))
    expect(right.width).toBeGreaterThan(right.height)
    const down = layoutTopology(chain, 'down')
    const ys = ['cdn', 'web', 'db'].map((id) => down.nodes.get(id)?.y ?? 0)
    expect(ys).toEqual(ys.toSorted((a, b) => a - b))
    expect(down.height).toBeGreaterThan(down.width)
  })

  it('keeps a node where it was put, and its links lead there', () => {
    const stage = { ...chain, positions: { db: { x: 900, y: 700 } } }
    const drawn = layoutTopology(stage, 'right')
    expect(drawn.nodes.get('db')).toMatchObject({ x: 900, y: 700 })
    expect(drawn.nodes.get('cdn')).toEqual(layoutTopology(chain, 'right').nodes.get('cdn'))
    const db = drawn.nodes.get('db') as Placed
    const end = drawn.links[1]?.at(-1)
    expect(
      Math.max(Math.abs((end?.x ?? 0) - db.x) / (db.width / 2), Math.abs((end?.y ?? 0) - db.y) / (db.height / 2)),
    ).toBeCloseTo(1, 6)
    expect(drawn.left + drawn.width).toBeGreaterThan(900 + db.width / 2)
  })

  it('is not arranged anew when a node is put elsewhere or its words change', () => {
    const first = layoutTopology(chain, 'right')
    const renamed = { ...chain, nodes: chain.nodes.map((node) => ({ ...node, name: `${node.name}!` })) }
    const again = layoutTopology({ ...renamed, positions: { db: { x: 1, y: 1 } } }, 'right')
    // The same line, not one like it.
    expect(again.links[0]).toBe(first.links[0])
    expect(layoutTopology(chain, 'right', new Map([['cdn', 200]])).links[0]).not.toBe(first.links[0])
  })

  it('puts regions around their nodes and groups into them; a group across regions has no box', () => {
    const stage = stageOf(
      [
        { id: 'a', region: 'eu', group: 'app' },
        { id: 'b', region: 'eu', group: 'app' },
        { id: 'c', region: 'us', group: 'data' },
        { id: 'd', region: 'eu', group: 'data' },
      ],
      [
        ['a', 'd'],
        ['b', 'c'],
      ],
    )
    const { boxes, nodes } = layoutTopology(stage, 'right')
    expect(boxes.map((box) => `${box.kind} ${box.name}`)).toEqual(['region eu', 'region us', 'group app'])
    const inside = (box: (typeof boxes)[number] | undefined, id: string) => {
      const node = nodes.get(id) as Placed
      return (
        box !== undefined &&
        node.x - node.width / 2 >= box.x &&
        node.x + node.width / 2 <= box.x + box.width &&
        node.y - node.height / 2 >= box.y &&
        node.y + node.height / 2 <= box.y + box.height
      )
    }
    const [eu, us, app] = boxes
    for (const id of ['a', 'b', 'd']) expect(inside(eu, id)).toBe(true)
    for (const id of ['a', 'b']) expect(inside(app, id)).toBe(true)
    expect(inside(us, 'c')).toBe(true)
    expect(inside(us, 'a')).toBe(false)
    expect(inside(app, 'd')).toBe(false)
    expect(stage.nodes.map((node) => isBoxed(stage.nodes, node))).toEqual([true, true, false, false])
  })

  it('draws a stage without nodes, and leaves out a link that names none of them', () => {
    expect(layoutTopology(stageOf([]), 'right')).toMatchObject({ width: 0, height: 0, boxes: [], links: [] })
    expect(layoutTopology(stageOf([{ id: 'a' }], [['a', 'gone']]), 'right').links).toEqual([[]])
  })

  it('never lays one node over another, circles and doubled links included, and is the same each time', () => {
    const topologies = record({
      nodes: array(record({ region: integer({ min: 0, max: 2 }), group: integer({ min: 0, max: 3 }) }), {
        minLength: 1,
        maxLength: 14,
      }),
      links: array(record({ from: integer({ min: 0, max: 13 }), to: integer({ min: 0, max: 13 }) }), { maxLength: 20 }),
      down: boolean(),
    })
    assert(
      property(topologies, ({ nodes, links, down }) => {
        const id = (at: number) => `n${at % nodes.length}`
        const stage = stageOf(
          nodes.map((node, at) => ({
            id: `n${at}`,
            ...(node.region > 0 ? { region: `r${node.region}` } : {}),
            ...(node.group > 0 ? { group: `g${node.group}` } : {}),
          })),
          links.map(({ from, to }) => [id(from), id(to)] as [string, string]),
        )
        const direction = down ? 'down' : 'right'
        const drawn = layoutTopology(stage, direction)
        const placed = [...drawn.nodes.values()]
        expect(placed).toHaveLength(nodes.length)
        for (const [at, one] of placed.entries())
          for (const other of placed.slice(at + 1)) expect(overlap(one, other)).toBe(false)
        expect(drawn.links).toHaveLength(links.length)
        // Stated heights are arranged on their own, and come out the same.
        const heights = new Map(stage.nodes.map((node) => [node.id, NODE_HEIGHT]))
        expect(layoutTopology(stage, direction, heights)).toEqual(drawn)
      }),
      { numRuns: 60 },
    )
  })
})

describe('the way by arrow keys', () => {
  it('goes along links first, and else to the nearest on that side', () => {
    const stage = stageOf(
      [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
      [
        ['a', 'b'],
        ['a', 'c'],
      ],
    )
    const drawn = layoutTopology(stage, 'right')
    const first = neighbourOf('a', 'ArrowRight', drawn, stage.links)
    expect(['b', 'c']).toContain(first)
    expect(neighbourOf(first ?? '', 'ArrowLeft', drawn, stage.links)).toBe('a')
    const other = neighbourOf('b', 'ArrowDown', drawn, stage.links) ?? neighbourOf('b', 'ArrowUp', drawn, stage.links)
    expect(other).toBe('c')
    expect(neighbourOf('a', 'ArrowLeft', drawn, stage.links)).toBeNull()
    expect(neighbourOf('nobody', 'ArrowLeft', drawn, stage.links)).toBeNull()
  })
})

describe('the text of a node', () => {
  it('has at most two lines of name and six of services, and the node is as high as they need', () => {
    const services = Array.from({ length: 9 }, (_one, at) => `service ${at}`)
    const text = nodeText({ name: 'Managed PostgreSQL (primary db.r6g.xlarge)', facts: ['database'], services })
    expect(text.name).toEqual(['Managed PostgreSQL', '(primary db.r6g.xlarge)'])
    expect(text.services).toHaveLength(6)
    expect(text.services.at(-1)).toBe('+ 4')
    expect(nodeText({ name: 'x'.repeat(80), facts: [], services: [] }).name).toEqual([
      'x'.repeat(25),
      `${'x'.repeat(24)}…`,
    ])
    const short = nodeText({ name: 'Cache', facts: ['cache'], services: ['a'] })
    expect(nodeRows(text).height - nodeRows(short).height).toBe(6 * 16)
  })
})

describe('lines', () => {
  it('leave a node at its border', () => {
    const node: Placed = { id: 'a', x: 100, y: 100, width: 200, height: 50 }
    expect(borderPoint(node, { x: 500, y: 100 })).toEqual({ x: 200, y: 100 })
    expect(borderPoint(node, { x: 100, y: -500 })).toEqual({ x: 100, y: 75 })
    expect(borderPoint(node, node)).toEqual({ x: 100, y: 100 })
  })

  it('are straight between two points and curved through more', () => {
    expect(pathThrough([])).toBe('')
    expect(
      pathThrough([
        { x: 0, y: 0 },
        { x: 10, y: 0.04 },
      ]),
    ).toBe('M0 0L10 0')
    expect(
      pathThrough([
        { x: 0, y: 0 },
        { x: 10, y: 0 },
        { x: 20, y: 10 },
      ]),
    ).toBe('M0 0Q10 0 20 10')
  })
})
