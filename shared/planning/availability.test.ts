import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Stage, StageSchema } from '../model/stage.ts'
import { atLeast, MINUTES_PER_MONTH, stageAvailability } from './availability.ts'

type Node = Partial<Stage['nodes'][number]> & { id: string }
type Link = Stage['links'][number]
const stage = (nodes: Node[], links: (string | Link)[] = []): Stage =>
  StageSchema.parse({
    id: 'one',
    name: 'One',
    objective: '',
    nodes: nodes.map((node) => ({ name: node.id.toUpperCase(), kind: 'server', ...node })),
    links: links.map((link) => {
      if (typeof link !== 'string') return link
      const [from, to] = link.split('>')
      return { from, to }
    }),
  })
const value = (...args: Parameters<typeof stage>): number => stageAvailability(stage(...args)).value as number

describe('availability computed by hand', () => {
  it('multiplies what is in series', () => {
    const chain = [
      { id: 'lb', availability: 0.999 },
      { id: 'app', availability: 0.99 },
      { id: 'db', availability: 0.995 },
    ]
    expect(value(chain, ['lb>app', 'app>db'])).toBeCloseTo(0.999 * 0.99 * 0.995, 14)
    // Without links each of them is something that nothing calls, so each must work.
    expect(value(chain)).toBeCloseTo(0.999 * 0.99 * 0.995, 14)
  })

  it('a count of which one is enough fails only when all fail; a quorum needs its number', () => {
    expect(value([{ id: 'app', count: 2, availability: 0.9 }])).toBeCloseTo(1 - 0.1 * 0.1, 14)
    // Two of three: 3 * 0.9^2 * 0.1 + 0.9^3 = 0.243 + 0.729.
    expect(value([{ id: 'etcd', count: 3, needed: 2, availability: 0.9 }])).toBeCloseTo(0.972, 14)
    expect(value([{ id: 'all', count: 3, needed: 3, availability: 0.9 }])).toBeCloseTo(0.729, 14)
    expect(value([{ id: 'short', count: 2, needed: 3, availability: 0.9 }])).toBe(0)
  })

  it('nodes of a group stand in for each other', () => {
    const nodes = [
      { id: 'lb', availability: 0.999 },
      { id: 'a', group: 'app', availability: 0.9 },
      { id: 'b', group: 'app', availability: 0.8 },
    ]
    expect(value(nodes, ['lb>a', 'lb>b'])).toBeCloseTo(0.999 * (1 - 0.1 * 0.2), 14)
    // A link to one of them calls the group.
    expect(value(nodes, ['lb>a'])).toBeCloseTo(0.999 * (1 - 0.1 * 0.2), 14)
    // A link inside the group (a replica that follows) is no call, and makes none of them an entry.
    expect(value(nodes, ['lb>a', 'b>a'])).toBeCloseTo(0.999 * (1 - 0.1 * 0.2), 14)
  })

  it('counts what two branches share once', () => {
    const nodes = [
      { id: 'lb', availability: 1 },
      { id: 'a', group: 'app', availability: 0.9 },
      { id: 'b', group: 'app', availability: 0.9 },
      { id: 'db', kind: 'database' as const, availability: 0.95 },
    ]
    // db * (1 - 0.1 * 0.1); were the branches taken as independent, 1 - (1 - 0.855)^2 = 0.978975.
    expect(value(nodes, ['lb>a', 'lb>b', 'a>db', 'b>db'])).toBeCloseTo(0.95 * 0.99, 14)
  })

  it('solves a bridge, which no series and parallel blocks describe', () => {
    // From s to t there are four ways: a and c, b and d, or changing sides over `across`: a, across, d and b, across, c.
    // With 0.9 for each of the five the known answer is 2p^2 + 2p^3 - 5p^4 + 2p^5 = 0.97848. The rest never fails.
    const p = 0.9
    const bridge: Node[] = [
      { id: 's', availability: 1 },
      { id: 't', availability: 1 },
      { id: 'x1', group: 'first', availability: 1 },
      { id: 'x2', group: 'first', availability: 1 },
      // How the first side gets on: straight, or across to the other one; and the other way round.
      { id: 'm1', group: 'from1', availability: 1 },
      { id: 'over12', group: 'from1', availability: 1 },
      { id: 'm2', group: 'from2', availability: 1 },
      { id: 'over21', group: 'from2', availability: 1 },
      { id: 'across', availability: p },
      { id: 'a', availability: p },
      { id: 'b', availability: p },
      { id: 'c', availability: p },
      { id: 'd', availability: p },
    ]
    const links = [
      's>x1',
      's>x2',
      'x1>a',
      'x1>m1',
      'x2>b',
      'x2>m2',
      'm1>c',
      'over12>across',
      'over12>d',
      'm2>d',
      'over21>across',
      'over21>c',
      'c>t',
      'd>t',
    ]
    expect(value(bridge, links)).toBeCloseTo(2 * p ** 2 + 2 * p ** 3 - 5 * p ** 4 + 2 * p ** 5, 12)
  })

  it('links that fail cut what lies behind them', () => {
    const nodes = [
      { id: 'a', availability: 0.99 },
      { id: 'b', availability: 0.98 },
    ]
    expect(value(nodes, [{ from: 'a', to: 'b', availability: 0.9 }])).toBeCloseTo(0.99 * 0.98 * 0.9, 14)
    // The same link drawn twice is two links beside each other.
    const twice = { from: 'a', to: 'b', availability: 0.9 }
    expect(value(nodes, [twice, twice])).toBeCloseTo(0.99 * 0.98 * 0.99, 14)
  })

  it('nodes that call each other in a circle need each other, with or without a caller outside', () => {
    const nodes = [
      { id: 'a', availability: 0.9 },
      { id: 'b', availability: 0.8 },
    ]
    expect(value(nodes, ['a>b', 'b>a'])).toBeCloseTo(0.72, 14)
    expect(value([{ id: 'lb', availability: 0.5 }, ...nodes], ['lb>a', 'a>b', 'b>a'])).toBeCloseTo(0.36, 14)
  })

  it('goes on without what is optional, and without monitoring unless that is said to be needed', () => {
    const app = { id: 'app', availability: 0.99 }
    const cache = { id: 'cache', kind: 'cache' as const, availability: 0.5 }
    expect(value([app, cache], ['app>cache'])).toBeCloseTo(0.495, 14)
    expect(value([app, { ...cache, optional: true }], ['app>cache'])).toBeCloseTo(0.99, 14)
    const monitoring = { id: 'prometheus', kind: 'monitoring' as const, availability: 0.5 }
    const watched = stageAvailability(stage([app, monitoring], ['prometheus>app']))
    expect(watched.value).toBeCloseTo(0.99, 14)
    expect(watched.notCounted).toEqual(['PROMETHEUS'])
    expect(watched.assumed).toContain('The service is taken to go on without: PROMETHEUS.')
    expect(value([app, { ...monitoring, optional: false }])).toBeCloseTo(0.495, 14)
  })

  it('says what it assumed, kind by kind', () => {
    const { value, assumed } = stageAvailability(
      stage([
        { id: 'web', kind: 'server' },
        { id: 'db', kind: 'database', availability: 0.99 },
        { id: 'api', kind: 'server' },
      ]),
    )
    expect(value).toBeCloseTo(0.995 * 0.995 * 0.99, 14)
    expect(assumed).toContain('One server is taken to be up 99.5% of the time: WEB, API.')
    expect(assumed.join()).not.toContain('database')
  })

  it('names what costs most and the single change that helps most', () => {
    const result = stageAvailability(
      stage(
        [
          { id: 'lb', kind: 'load-balancer', availability: 0.9999 },
          { id: 'app', count: 2, availability: 0.995 },
          { id: 'db', kind: 'database', availability: 0.995 },
        ],
        ['lb>app', 'app>db'],
      ),
    )
    const apps = 1 - 0.005 ** 2
    expect(result.parts.map((part) => part.id)).toEqual(['db', 'lb', 'app'])
    expect(result.downtimeMinutesPerMonth).toBeCloseTo((1 - 0.9999 * apps * 0.995) * 43_800, 8)
    expect(result.downtimeMinutesPerYear).toBeCloseTo((1 - 0.9999 * apps * 0.995) * 525_600, 7)
    // Were the database perfect, the rest alone would be down.
    expect(result.parts[0]?.costMinutes).toBeCloseTo(0.005 * 0.9999 * apps * 43_800, 8)
    expect(result.best?.part.id).toBe('db')
    expect(result.best?.value).toBeCloseTo(0.9999 * apps * (1 - 0.005 ** 2), 14)
  })

  it('says in words why there is no figure', () => {
    expect(stageAvailability(stage([]))).toMatchObject({
      value: null,
      unknown: 'One has no topology: the plan lists no nodes for it.',
    })
    expect(stageAvailability(stage([{ id: 'cache', optional: true }]))).toMatchObject({
      value: null,
      unknown: 'One has no node that the service needs.',
    })
  })
})

describe('larger topologies', () => {
  it('computes some hundred components in layers, in branches and in a shared service exactly', () => {
    const layers = 20
    const nodes: Node[] = []
    const links: string[] = []
    for (let layer = 0; layer < layers; layer += 1)
      for (let one = 0; one < 5; one += 1) {
        nodes.push({ id: `n${layer}-${one}`, group: `g${layer}`, availability: 0.9 })
        for (let other = 0; layer > 0 && other < 5; other += 1) links.push(`n${layer - 1}-${other}>n${layer}-${one}`)
      }
    expect(value(nodes, links)).toBeCloseTo((1 - 0.1 ** 5) ** layers, 12)

    const branches: Node[] = [
      { id: 'root', availability: 1 },
      { id: 'shared', availability: 0.99 },
    ]
    const joins: string[] = []
    for (let branch = 0; branch < 60; branch += 1)
      for (const side of ['a', 'b']) {
        branches.push({ id: `${side}${branch}`, group: `pair${branch}`, availability: 0.95 })
        branches.push({ id: `${side}${branch}-db`, availability: 0.9 })
        joins.push(`root>${side}${branch}`, `${side}${branch}>${side}${branch}-db`, `${side}${branch}-db>shared`)
      }
    expect(value(branches, joins)).toBeCloseTo(0.99 * (1 - (1 - 0.95 * 0.9) ** 2) ** 60, 12)
  })

  it('says so where a topology is too interwoven, instead of guessing', () => {
    // Two layers of 26 nodes, each pair joined by a link of its own that fails: no order keeps this small.
    const nodes: Node[] = []
    const links: Link[] = []
    for (let one = 0; one < 26; one += 1) {
      nodes.push({ id: `a${one}`, group: 'a', availability: 0.9 }, { id: `b${one}`, group: 'b', availability: 0.9 })
      for (let other = 0; other < 26; other += 1)
        links.push({ from: `a${one}`, to: `b${(one * 7 + other * 11) % 26}`, availability: 0.9 })
    }
    const result = stageAvailability(stage(nodes, links))
    expect(result.value).toBeNull()
    expect(result.unknown).toContain('too interwoven')
  })
})

const share = fc.double({ min: 0, max: 1, noNaN: true })
const topology = fc
  .record({
    nodes: fc.array(
      fc.record({
        count: fc.integer({ min: 1, max: 2 }),
        needed: fc.integer({ min: 1, max: 2 }),
        group: fc.option(fc.constantFrom('g', 'h'), { nil: undefined }),
        optional: fc.option(fc.boolean(), { nil: undefined }),
        availability: share,
      }),
      { minLength: 1, maxLength: 5 },
    ),
    links: fc.array(fc.record({ from: fc.nat(4), to: fc.nat(4), availability: fc.option(share, { nil: undefined }) }), {
      maxLength: 6,
    }),
  })
  .map(({ nodes, links }) => ({
    nodes: nodes.map((node, index) => ({ ...node, id: `n${index}`, needed: Math.min(node.needed, node.count) })),
    links: links
      .filter(({ from, to }) => from < nodes.length && to < nodes.length)
      .map(({ from, to, availability }) => ({ from: `n${from}`, to: `n${to}`, availability })),
  }))

/** The same by trying every combination of what is up and down: each single instance and each drawn link. */
function enumerated({ nodes, links }: Stage): number | null {
  const unit = (id: string): string => {
    const node = nodes.find((one) => one.id === id)
    return node?.group ?? `alone ${id}`
  }
  const neededUnits = new Set(nodes.filter((node) => node.optional !== true).map((node) => unit(node.id)))
  if (neededUnits.size === 0) return null
  const calls = links.filter(
    ({ from, to }) => unit(from) !== unit(to) && neededUnits.has(unit(from)) && neededUnits.has(unit(to)),
  )
  const leadsTo = (from: string, to: string, seen = new Set<string>()): boolean =>
    from === to ||
    (!seen.has(from) &&
      Boolean(seen.add(from)) &&
      calls.some((link) => unit(link.from) === from && leadsTo(unit(link.to), to, seen)))
  const entries = [...neededUnits].filter((one) =>
    [...neededUnits].every((other) => !leadsTo(other, one) || leadsTo(one, other)),
  )
  const things = [
    ...nodes.flatMap((node) => Array.from({ length: node.count }, () => node.availability as number)),
    ...calls.map((link) => link.availability ?? 1),
  ]
  let total = 0
  for (let mask = 0; mask < 2 ** things.length; mask += 1) {
    const chance = things.reduce((product, p, index) => product * (mask & (1 << index) ? p : 1 - p), 1)
    if (chance === 0) continue
    let at = 0
    const up = new Map(
      nodes.map((node) => {
        let have = 0
        for (let one = 0; one < node.count; one += 1, at += 1) if (mask & (1 << at)) have += 1
        return [node.id, have >= (node.needed ?? 1)]
      }),
    )
    const linkUp = calls.map((_, index) => Boolean(mask & (1 << (at + index))))
    // Everything is taken to work until something shows that it does not.
    const works = new Map(up)
    for (let round = 0; round <= nodes.length; round += 1)
      for (const node of nodes) {
        const called = new Set(calls.filter((link) => link.from === node.id).map((link) => unit(link.to)))
        for (const callee of called) {
          const answered = nodes.some((member) => {
            if (unit(member.id) !== callee || !works.get(member.id)) return false
            const own = calls.map((link, index) => ({ link, index })).filter(({ link }) => link.from === node.id)
            const direct = own.filter(({ link }) => link.to === member.id)
            const over = direct.length > 0 ? direct : own.filter(({ link }) => unit(link.to) === callee)
            return over.some(({ index }) => linkUp[index])
          })
          if (!answered) works.set(node.id, false)
        }
      }
    if (entries.every((entry) => nodes.some((node) => unit(node.id) === entry && works.get(node.id)))) total += chance
  }
  return total
}

describe('laws', () => {
  it('equals the enumeration of every state, for any small topology', () => {
    fc.assert(
      fc.property(topology, ({ nodes, links }) => {
        const one = stage(nodes, links)
        const expected = enumerated(one)
        const found = stageAvailability(one).value
        if (expected === null) expect(found).toBeNull()
        else expect(found).toBeCloseTo(expected, 10)
      }),
      { numRuns: 150 },
    )
  })

  it('one more of anything, or one more member of a group, never lowers it', () => {
    fc.assert(
      fc.property(topology, fc.nat(4), ({ nodes, links }, pick) => {
        const at = pick % nodes.length
        const before = stageAvailability(stage(nodes, links)).value
        const more = nodes.map((node, index) => (index === at ? { ...node, count: node.count + 1 } : node))
        expect(stageAvailability(stage(more, links)).value ?? 0).toBeGreaterThanOrEqual((before ?? 0) - 1e-12)
        const original = nodes[at] as (typeof nodes)[number]
        if (original.group === undefined) return
        const twin = { ...original, id: 'twin' }
        const twinLinks = links.flatMap((link) => [
          ...(link.from === original.id ? [{ ...link, from: 'twin' }] : []),
          ...(link.to === original.id ? [{ ...link, to: 'twin' }] : []),
        ])
        const doubled = stageAvailability(stage([...nodes, twin], [...links, ...twinLinks])).value
        expect(doubled ?? 0).toBeGreaterThanOrEqual((before ?? 0) - 1e-12)
      }),
      { numRuns: 200 },
    )
  })

  it('what each part costs is what making it perfect would bring', () => {
    fc.assert(
      fc.property(topology, ({ nodes, links }) => {
        const before = stageAvailability(stage(nodes, links))
        for (const part of before.parts.filter((one) => one.kind === 'node')) {
          const perfect = nodes.map((node) => (node.id === part.id ? { ...node, availability: 1 } : node))
          const gained = (stageAvailability(stage(perfect, links)).value as number) - (before.value as number)
          expect(part.costMinutes).toBeCloseTo(gained * MINUTES_PER_MONTH, 5)
          const more = nodes.map((node) => (node.id === part.id ? { ...node, count: node.count + 1 } : node))
          const added = (stageAvailability(stage(more, links)).value as number) - (before.value as number)
          expect(part.oneMoreMinutes).toBeCloseTo(added * MINUTES_PER_MONTH, 5)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('needing more of the same count never helps', () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (each, count, needed) => {
        expect(atLeast(needed + 1, count, each)).toBeLessThanOrEqual(atLeast(needed, count, each) + 1e-12)
        expect(atLeast(needed, count + 1, each)).toBeGreaterThanOrEqual(atLeast(needed, count, each) - 1e-12)
      }),
    )
  })
})
