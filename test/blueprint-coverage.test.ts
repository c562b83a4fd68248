import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadBlueprints } from '../main/core/plan/blueprints.ts'
import type { Plan } from '../shared/model/plan.ts'
import { BLUEPRINT_OF, type Expected, missing, nameOf, readDigest, without } from './documents/coverage.ts'
import { figuresOf, unitsOf } from './documents/units.ts'

const digests = join(import.meta.dirname, 'fixtures/documents')
/** The documents themselves stand beside the repository where the maintainers work, and nowhere else. */
const originals = join(import.meta.dirname, '../../shared/seeds')
const plans = loadBlueprints(join(import.meta.dirname, '../resources'))

const documents = Object.entries(BLUEPRINT_OF).map(([name, id]) => ({
  name,
  plan: plans.find((plan) => plan.id === id) as Plan,
  units: readDigest(readFileSync(join(digests, `${name}.jsonl`), 'utf8')),
}))

describe('what the source documents state is in the blueprints', () => {
  it('has a digest of each document', () => {
    expect(
      readdirSync(digests)
        .map((file) => basename(file, '.jsonl'))
        .sort(),
    ).toEqual(Object.keys(BLUEPRINT_OF).sort())
    expect(documents.map(({ name, units }) => [name, units.length])).toEqual([
      ['pareto-vps-to-kubernetes', 61],
      ['us-002-scaling-phases', 159],
      ['k3s-infrastructure-roadmap', 65],
      ['cost-first-scaling-strategy', 266],
      ['tenant-scaling-guide', 159],
    ])
  })

  it.each(documents)('$name: every row, entry, block and figure', ({ units, plan }) => {
    expect(missing(units, plan)).toEqual([])
  })

  it.each(documents)('$name: what is left out says why, and is no table row', ({ units }) => {
    const left = units.filter((unit) => unit.in.length === 0)
    for (const unit of left) {
      expect(unit.aside?.why).toMatch(/\w/)
      expect(['row', 'code', 'numbered']).not.toContain(unit.kind)
    }
    for (const unit of units) for (const figure of unit.aside?.figures ?? []) expect(unit.figures).toContain(figure)
  })
})

describe('the walk notices', () => {
  it.each(documents)('$name: each place that is taken away', ({ units, plan }) => {
    const unnoticed = units.flatMap((unit) =>
      unit.in
        .filter((place) => missing([unit], without(plan, place)).length === 0)
        .map((place) => `${unit.label}: ${place}`),
    )
    expect(unnoticed).toEqual([])
  })

  it.each(documents)('$name: each figure that is changed', ({ units, plan }) => {
    const figured = units.filter(
      (unit) => ['row', 'check', 'bullet', 'numbered'].includes(unit.kind) && unit.in.length > 0,
    )
    const unnoticed = figured.flatMap((unit) =>
      unit.figures
        .filter((figure) => !unit.aside?.figures?.includes(figure))
        // A figure that nobody writes: the walk must say that it is not there.
        .filter((figure) => missing([{ ...unit, figures: [figure + 0.123457] } as Expected], plan).length === 0)
        .map((figure) => `${unit.label}: ${figure}`),
    )
    expect(unnoticed).toEqual([])
  })
})

/** What the blueprints have of themselves: advice that the sources do not give, in the same form. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  pareto: ['decisionPoints[managed-data]', 'decisionPoints[cluster]', 'calculations[machines].rows[cx33]'],
  // The document names no price for a node; see the row's note.
  'scaling-phases': ['stages[phase-3].lineItems[nodes]'],
}

describe('what the blueprints hold comes from the documents', () => {
  it.each(documents)('$name: each entry is walked, or known to be our own', ({ units, plan }) => {
    const walked = units.flatMap((unit) => unit.in)
    const own = OWN[plan.id] ?? []
    const entries = entriesOf(plan)
    expect(own.filter((place) => !entries.includes(place))).toEqual([])
    const strangers = entries.filter((place) => !walked.some((one) => one.startsWith(place)) && !own.includes(place))
    expect(strangers).toEqual([])
  })
})

/** The places of a plan's rows, entries and steps. */
function entriesOf(plan: Plan): string[] {
  const below = <T extends { id: string }>(
    key: string,
    list: readonly T[],
    inner: string,
    of: (one: T) => readonly unknown[],
  ) => list.flatMap((one) => of(one).map((each) => `${key}[${one.id}].${inner}[${String(nameOf(each))}]`))
  return [
    ...(
      ['guardRails', 'optimisations', 'options', 'decisionPoints', 'alerts', 'components', 'bottlenecks'] as const
    ).flatMap((key) => (plan[key] as readonly unknown[]).map((one) => `${key}[${String(nameOf(one))}]`)),
    ...below('options', plan.options, 'steps', (one) => one.steps),
    ...below('checklists', plan.checklists, 'items', (one) => one.items),
    ...below('runbooks', plan.runbooks, 'steps', (one) => one.steps),
    ...below('signs', plan.signs, 'items', (one) => one.items),
    ...below('strategies', plan.strategies, 'items', (one) => one.items),
    ...below('calculations', plan.calculations, 'rows', (one) => one.rows),
    ...below('stages', plan.stages, 'lineItems', (one) => one.lineItems),
  ]
}

describe('figures of a text', () => {
  it.each([
    ['CPU 80% sustained', [80]],
    ['500-2,000 users', [500, 2000]],
    ['MAU > 100K', [100_000]],
    ['10M Class A', [10_000_000]],
    ['~$1.50 for 2GB', [1.5, 2]],
    ['traefik:v3.2', []],
    ['5Gi of 10KB', [5, 10]],
  ])('%s', (text, figures) => expect(figuresOf(text)).toEqual(figures))
})

describe.runIf(existsSync(originals))('the digests are whole', () => {
  it.each(documents)('$name: every row, entry and block of the document, in its order', ({ name, units }) => {
    const found = unitsOf(readFileSync(join(originals, `${name}.md`), 'utf8'))
    const plain = (unit: (typeof found)[number]) => [unit.kind, unit.section, unit.hash, unit.figures]
    expect(units.map(plain)).toEqual(found.map(plain))
  })
})
if (!existsSync(originals))
  console.info(`The source documents are not at ${originals}: their digests are taken as they are.`)
