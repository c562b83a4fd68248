import { type Plan, PlanSchema } from '../model/plan.ts'

/** An id made of a name, such as "vps-2-db"; when it is taken a number is put after it. */
export function idFor(name: string, taken: readonly string[], otherwise: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  const base = plain === '' ? otherwise : plain
  let id = base
  for (let count = 2; taken.includes(id); count += 1) id = `${base}-${count}`
  return id
}

/**
 * The id that a thing made by the editor takes when it is named: its first id, such as "driver-2", says nothing, and ids
 * are what formulas, commands and exports name. Null where the id was chosen, or stays.
 */
export function idAfterNaming(id: string, first: string, name: string, taken: readonly string[]): string | null {
  const number = id.startsWith(`${first}-`) ? id.slice(first.length + 1) : ''
  if (id !== first && !/^\d+$/.test(number)) return null
  const others = taken.filter((one) => one !== id)
  const next = idFor(name, others, first)
  return next === id || next === first || next.startsWith(`${first}-`) ? null : next
}

/** A plan with one stage, one driver that does not grow, and nothing else: the start of a plan made by hand. */
export function newPlan(name: string, currency: string): Plan {
  return PlanSchema.parse({
    format: 'headroom/plan@1',
    id: idFor(name, [], 'plan'),
    name,
    summary: '',
    currency,
    drivers: [{ id: 'users', name: 'Monthly active users', unit: 'users', primary: true, present: 0 }],
    growth: { kind: 'exponential', monthlyRate: 0, deviation: 0 },
    stage: 'start',
    stages: [{ id: 'start', name: 'Start', objective: '' }],
  })
}
