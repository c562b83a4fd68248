import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Edit, EditPath } from '../model/edit.ts'
import { type Plan, PlanSchema } from '../model/plan.ts'
import { editPlan } from './check-edit.ts'
import { checkPlan } from './check-plan.ts'
import { applyEdit, valueAt } from './edit-plan.ts'
import { describeEdit } from './edit-words.ts'
import { parsePlan } from './plan-file.ts'
import { idOf, referencesOf, referencesTo, renamedInFormula } from './plan-references.ts'

const folder = fileURLToPath(new URL('../../resources/blueprints', import.meta.url))
const blueprints = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parsePlan(readFileSync(`${folder}/${name}`, 'utf8'), name))
const pareto = blueprints.find((plan) => plan.id === 'pareto') as Plan

const problem = (code: string, parts: Record<string, unknown> = {}) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...parts }) })
const price: EditPath = ['stages', 'mvp', 'lineItems', 'vps', 'price', 'amount']

const ADVISED = ['yes', 'no'].map((id) => ({ id, text: id, advice: [{ text: 'Do it.' }] }))
const ASKED = ADVISED.map((answer, at) => (at === 0 ? { ...answer, next: 'second' } : answer))

/** A plan with a reference of every kind. */
const referring: Plan = PlanSchema.parse({
  ...pareto,
  needs: { ...pareto.needs, quick: true },
  events: [{ id: 'sale', name: 'Sale', from: '2027-01-01', to: '2027-01-03', multiplier: 2, driver: 'mau' }],
  milestones: [{ id: 'live', name: 'Live', stage: 'mvp' }],
  decisionPoints: [{ id: 'go', text: 'Go on?', before: 'mvp' }],
  stages: pareto.stages.map((stage, at) =>
    at === 0
      ? {
          ...stage,
          lineItems: [
            ...stage.lineItems,
            {
              id: 'nodes',
              name: 'Nodes',
              price: { amount: 1, currency: 'EUR' },
              per: 'month',
              quantity: 'ceil(cpu-1) + mau/2',
            },
          ],
          positions: { vps: { x: 1, y: 2 } },
          autoscalers: [
            {
              id: 'pool',
              name: 'Pool',
              kind: 'nodes',
              min: 1,
              max: 5,
              metrics: [{ resource: 'cpu', perReplica: 4, target: 0.7 }],
              lineItem: 'nodes',
            },
          ],
        }
      : { ...stage, after: ['mvp'] },
  ),
  options: [
    ...pareto.options,
    { id: 'other', name: 'Other', when: 'later', stage: 'mvp', condition: { driver: 'mau', op: '>', value: 5 } },
  ],
  // Two trees whose questions go by the same ids, of which a rename may touch one only.
  decisionTrees: ['tree', 'other-tree'].map((id) => ({
    id,
    title: id,
    root: 'first',
    questions: [
      { id: 'first', text: 'First?', answers: ASKED },
      { id: 'second', text: 'Second?', answers: ADVISED },
    ],
  })),
  components: [...pareto.components, { id: 'pooler', name: 'Pooler', purpose: 'Pools', option: 'other' }],
  guardRails: [
    {
      id: 'rail',
      text: 'Not yet.',
      against: ['mvp'],
      when: { all: [{ driver: 'mau', op: '<', value: 5 }, { need: 'quick' }] },
    },
  ],
})

describe('an edit', () => {
  it('changes what it names and keeps every other part the same object', () => {
    const { plan } = applyEdit(pareto, { op: 'set', path: price, value: 19 })
    expect(valueAt(plan, price)).toBe(19)
    expect(valueAt(pareto, price)).toBe(15)
    expect(plan.stages[1]).toBe(pareto.stages[1])
    expect(plan.stages[0]?.nodes).toBe(pareto.stages[0]?.nodes)
    expect(plan.stages[0]?.lineItems[1]).toBe(pareto.stages[0]?.lineItems[1])
  })

  it('makes an optional map on the way, and takes it away again when undone', () => {
    const { plan, inverse } = applyEdit(pareto, { op: 'set', path: ['rates', 'CHF'], value: 1.04 })
    expect(plan.rates).toMatchObject({ CHF: 1.04 })
    expect(applyEdit(plan, inverse).plan).toEqual(pareto)
  })

  it('says what is there when a path leads nowhere', () => {
    expect(() => applyEdit(pareto, { op: 'set', path: ['stages', 'mvpp', 'name'], value: 'x' })).toThrowError(
      problem('NOTHING_THERE', { value: 'mvpp', fix: expect.stringContaining('"mvp"') }),
    )
    expect(() => applyEdit(pareto, { op: 'remove', path: ['stages', 'mvp', 'nodes', 'nowhere'] })).toThrowError(
      problem('NOTHING_THERE', { field: 'stages.mvp.nodes.nowhere' }),
    )
  })

  it('refuses an id that is taken', () => {
    const other = pareto.stages[1]?.id as string
    expect(() => applyEdit(pareto, { op: 'rename', path: ['stages', 'mvp'], to: other })).toThrowError(
      problem('NAME_TAKEN'),
    )
    expect(() => applyEdit(pareto, { op: 'insert', path: ['stages'], value: pareto.stages[0] })).toThrowError(
      problem('NAME_TAKEN', { value: 'mvp' }),
    )
    // Formulas know drivers and resources by one list of names.
    expect(() => applyEdit(pareto, { op: 'rename', path: ['drivers', 'mau'], to: 'cpu' })).toThrowError(
      problem('NAME_TAKEN'),
    )
  })

  it('does not reach into the prototype', () => {
    expect(() =>
      applyEdit(pareto, { op: 'set', path: ['needs', '__proto__'], value: { polluted: true } }),
    ).toThrowError(problem('NOTHING_THERE'))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('a rename', () => {
  it.each<[EditPath, string]>([
    [['stages', 'mvp'], 'start'],
    [['drivers', 'mau'], 'people'],
    [['demand', 'cpu'], 'cores'],
    [['needs', 'quick'], 'fast'],
    [['options', 'other'], 'another'],
    [['stages', 'mvp', 'nodes', 'vps'], 'box'],
    [['stages', 'mvp', 'lineItems', 'nodes'], 'machines'],
    [['decisionTrees', 'tree', 'questions', 'first'], 'begin'],
    [['decisionTrees', 'tree', 'questions', 'second'], 'then'],
  ])('of %j changes every reference, and back again gives the same plan', (path, to) => {
    const from = path.at(-1) as string
    const before = referencesOf(referring)
    const named = before.filter((one) => one.name === from && referencesTo(referring, path).includes(one) === false)
    expect(referencesTo(referring, path).length + named.length).toBeGreaterThan(0)
    const { plan, inverse } = applyEdit(referring, { op: 'rename', path, to })
    expect(referencesTo(plan, [...path.slice(0, -1), from])).toEqual([])
    expect(checkPlan(plan)).toEqual([])
    expect(referencesOf(plan).map((one) => one.name)).toEqual(
      before.map((one) => (one.name === from && sameThing(one, path) ? to : one.name)),
    )
    expect(applyEdit(plan, inverse).plan).toEqual(referring)
  })

  const sameThing = (one: ReturnType<typeof referencesOf>[number], path: EditPath): boolean => {
    const kinds: Record<string, string> = {
      stages: 'stage',
      drivers: 'driver',
      demand: 'resource',
      needs: 'need',
      options: 'option',
    }
    if (path.length === 2) return one.kind === kinds[String(path[0])]
    return (
      one.within === path[1] && one.kind === { nodes: 'node', lineItems: 'row', questions: 'question' }[String(path[2])]
    )
  }

  it('knows names in formulas by their whole, hyphens included', () => {
    const known = ['cpu', 'cpu-load', 'mau']
    expect(renamedInFormula('cpu-load + cpu-1 + cpu_x + max(cpu, mau)', known, 'cpu', 'cores')).toBe(
      'cpu-load + cores-1 + cpu_x + max(cores, mau)',
    )
  })
})

describe('a checked edit', () => {
  it.each<[Edit, string, RegExp]>([
    [{ op: 'set', path: price, value: -3 }, 'stages.mvp.lineItems.vps.price.amount', /a price cannot be negative/],
    [{ op: 'set', path: ['stages', 'mvp', 'name'], value: 5 }, 'stages.mvp.name', /needs text/],
    [{ op: 'set', path: ['stages', 'mvp', 'colour'], value: 'red' }, 'stages.mvp.colour', /unknown key/],
    [{ op: 'set', path: ['stage'], value: 'mvpp' }, 'stage', /unknown stage "mvpp"; did you mean "mvp"/],
    [
      { op: 'insert', path: ['stages', 'mvp', 'links'], value: { from: 'cdn', to: 'vsp' } },
      'stages.mvp.links.1.to',
      /"vps"/,
    ],
    [{ op: 'unset', path: ['stages', 'mvp', 'objective'] }, 'stages.mvp.objective', /missing/],
    [
      { op: 'set', path: [...price.slice(0, -1), 'currency'], value: 'CHF' },
      'stages.mvp.lineItems.vps.price.currency',
      /rate/,
    ],
  ])('refuses %j, naming %s', (edit, field, words) => {
    expect(() => editPlan(pareto, edit)).toThrowError(
      problem('EDIT_INVALID', { field, fact: expect.stringMatching(words) }),
    )
  })

  it('fills in the defaults of what is new', () => {
    const { plan } = editPlan(pareto, {
      op: 'insert',
      path: ['stages'],
      value: { id: 'new', name: 'New', objective: '' },
    })
    expect(plan.stages.at(-1)).toMatchObject({ id: 'new', lineItems: [], triggers: [], nodes: [] })
    expect(PlanSchema.parse(plan)).toEqual(plan)
  })

  it('does not let go what is still named, and says by what', () => {
    expect(() => editPlan(referring, { op: 'remove', path: ['stages', 'mvp', 'nodes', 'vps'] })).toThrowError(
      problem('STILL_REFERRED', { value: 'vps', fact: expect.stringMatching(/still named by: .*One VPS/) }),
    )
    expect(() => editPlan(referring, { op: 'remove', path: ['demand', 'cpu'] })).toThrowError(problem('STILL_REFERRED'))
  })

  it('says what formulas may name, with one full stop', () => {
    expect(() =>
      editPlan(pareto, {
        op: 'set',
        path: ['stages', 'mvp', 'lineItems', 'vps', 'quantity'],
        value: 'ceil(visits / 2)',
      }),
    ).toThrowError(
      problem('EDIT_INVALID', { fact: expect.stringMatching(/unknown name "visits".*Known: mau, .*[^.]\.$/) }),
    )
  })

  it('does not hold faults against an edit that the plan had before', () => {
    const faulty: Plan = { ...pareto, stage: 'gone' }
    expect(editPlan(faulty, { op: 'set', path: ['name'], value: 'Other' }).plan.name).toBe('Other')
    expect(() => editPlan(faulty, { op: 'set', path: ['stage'], value: 'gone-too' })).toThrowError(
      problem('EDIT_INVALID'),
    )
  })

  it('finds what a change elsewhere breaks in a stage it does not touch', () => {
    const other = pareto.demand[0]?.resource as string
    expect(() =>
      editPlan(pareto, { op: 'all', edits: [{ op: 'set', path: ['demand', other, 'resource'], value: 'other' }] }),
    ).toThrowError(problem('EDIT_INVALID', { fact: expect.stringContaining(`unknown demand resource "${other}"`) }))
  })
})

describe('in words', () => {
  it.each<[Edit, string]>([
    [{ op: 'set', path: price, value: 12 }, 'Price of VPS (Hetzner CPX31) in One VPS changed from 15 to 12'],
    [
      { op: 'set', path: ['stages', 'mvp', 'lineItems', 'vps', 'note'], value: 'x' },
      'Note of VPS (Hetzner CPX31) in One VPS changed from “4 vCPU, 8 GB RAM, 160 GB SSD” to “x”',
    ],
    [
      { op: 'set', path: ['drivers', 'mau', 'present'], value: 60_000 },
      'Present value of Monthly active users changed from 25,000 to 60,000',
    ],
    [
      { op: 'set', path: ['stage'], value: pareto.stages[1]?.id },
      `Present stage changed from One VPS to ${pareto.stages[1]?.name}`,
    ],
    [{ op: 'set', path: ['name'], value: 'Ours' }, `Name of the plan changed from “${pareto.name}” to “Ours”`],
    [{ op: 'set', path: ['needs', 'sla'], value: 0.999 }, 'Need sla changed from 0 to 0.999'],
    [
      { op: 'insert', path: ['stages', 'mvp', 'lineItems'], value: { id: 'log', name: 'Logs' } },
      'Row Logs added to One VPS',
    ],
    [{ op: 'remove', path: ['stages', 'mvp', 'lineItems', 'backups'] }, 'Row Backups removed from One VPS'],
    [{ op: 'move', path: ['stages', 'mvp'], to: 1 }, 'Stage One VPS moved to place 2'],
    [{ op: 'unset', path: ['stages', 'mvp', 'statedTotal'] }, 'Stated total of One VPS cleared'],
    [{ op: 'rename', path: ['stages', 'mvp'], to: 'start' }, 'Id of One VPS changed from mvp to start'],
    [{ op: 'all', edits: [], reason: '12 rows pasted' }, '12 rows pasted'],
  ])('%j reads "%s"', (edit, words) => {
    expect(describeEdit(pareto, edit)).toBe(words)
  })
})

/** Every path of a plan, by ids where entries have one. */
function pathsOf(value: unknown, path: EditPath = []): EditPath[] {
  if (typeof value !== 'object' || value === null) return [path]
  const steps = Array.isArray(value) ? value.map((one, at) => idOf(one) ?? at) : Object.keys(value)
  const inner = Array.isArray(value) ? value : Object.values(value)
  return [...(path.length > 0 ? [path] : []), ...steps.flatMap((step, at) => pathsOf(inner[at], [...path, step]))]
}

describe('undoing', () => {
  const paths = pathsOf(referring)
  const list = fc.constantFrom(...paths.filter((path) => Array.isArray(valueAt(referring, path))))
  const inList = fc.constantFrom(
    ...paths.filter((path) => path.length > 1 && Array.isArray(valueAt(referring, path.slice(0, -1)))),
  )
  const any = fc.constantFrom(...paths)
  const value = fc.oneof(fc.integer(), fc.string(), fc.constant({ id: 'brand-new', name: 'New' }), fc.constant([]))
  const thing = fc.constantFrom<EditPath>(['stages', 'mvp'], ['drivers', 'mau'], ['demand', 'cpu'], ['needs', 'quick'])
  const one: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({ op: fc.constant('set' as const), path: any, value }),
    fc.record({ op: fc.constant('unset' as const), path: any }),
    fc.record({ op: fc.constant('remove' as const), path: inList }),
    fc.record({ op: fc.constant('insert' as const), path: list, at: fc.nat(8), value }),
    fc.record({ op: fc.constant('move' as const), path: inList, to: fc.nat(8) }),
    fc.record({ op: fc.constant('rename' as const), path: thing, to: fc.constantFrom('one-other', 'yet-another') }),
  )
  const inPlace = (edit: Edit): Edit | null => {
    try {
      applyEdit(referring, edit)
      return edit
    } catch {
      return null
    }
  }

  it('gives the plan before back, whatever the edit was', () => {
    fc.assert(
      fc.property(
        one.map(inPlace).filter((edit) => edit !== null),
        (edit) => {
          const { plan, inverse } = applyEdit(referring, edit)
          const back = applyEdit(plan, inverse)
          expect(back.plan).toEqual(referring)
          // And what undid it can be undone.
          expect(applyEdit(back.plan, back.inverse).plan).toEqual(plan)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('gives it back after several in one', () => {
    const harmless = fc.oneof(
      fc.record({ op: fc.constant('set' as const), path: fc.constant<EditPath>(['name']), value: fc.string() }),
      fc.record({ op: fc.constant('move' as const), path: fc.constant<EditPath>(['stages', 'mvp']), to: fc.nat(4) }),
      fc.record({
        op: fc.constant('insert' as const),
        path: fc.constant<EditPath>(['stages', 'mvp', 'risks']),
        at: fc.nat(4),
        value: fc.string(),
      }),
      fc.record({
        op: fc.constant('rename' as const),
        path: fc.constant<EditPath>(['demand', 'cpu']),
        to: fc.constant('cpu'),
      }),
    )
    fc.assert(
      fc.property(fc.array(harmless, { maxLength: 12 }), (edits) => {
        const { plan, inverse } = applyEdit(referring, { op: 'all', edits })
        expect(applyEdit(plan, inverse).plan).toEqual(referring)
      }),
      { numRuns: 200 },
    )
  })
})
