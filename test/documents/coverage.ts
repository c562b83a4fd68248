import type { Plan } from '../../shared/model/plan.ts'
import { figuresOf, type Unit } from './units.ts'

/** A unit of a source document and where the blueprint has it. */
export interface Expected extends Unit {
  /** Places in the blueprint: `stages[mvp].limits[cpu]`; empty where it is nothing that a plan holds, as `aside` says. */
  in: string[]
  /** Figures that are not looked for there, and why; or why the unit is not looked for at all. */
  aside?: { figures?: number[]; why: string }
}
export const BLUEPRINT_OF: Readonly<Record<string, string>> = {
  'pareto-vps-to-kubernetes': 'pareto',
  'us-002-scaling-phases': 'scaling-phases',
  'k3s-infrastructure-roadmap': 'k3s-roadmap',
  'cost-first-scaling-strategy': 'cost-first',
  'tenant-scaling-guide': 'tenant-guide',
}

/**
 * What a place names, or undefined. `list[id]` is the entry whose id (resource, driver, name) that is; `list[~words]` the one
 * entry that is or says the words.
 */
export function at(plan: Plan, place: string): unknown {
  let value: unknown = plan
  for (const [, key, entry] of place.matchAll(/([A-Za-z]+)|\[([^\]]+)\]/g)) {
    if (key !== undefined) value = (value as Record<string, unknown> | undefined)?.[key]
    else if (!Array.isArray(value)) return undefined
    else value = entry?.startsWith('~') ? saying(value, entry.slice(1)) : value.find((one) => nameOf(one) === entry)
    if (value === undefined) return undefined
  }
  return value
}

export const nameOf = (one: unknown): unknown => {
  const { id, resource, driver, name } = (one ?? {}) as Record<string, unknown>
  return id ?? resource ?? driver ?? name
}

export function saying(list: readonly unknown[], words: string): unknown {
  const found = list.filter((one) => textOf(one).toLowerCase().includes(words.toLowerCase()))
  return found.length === 1 ? found[0] : undefined
}
const textOf = (one: unknown): string => {
  if (typeof one === 'string') return one
  const { what, text, name } = (one ?? {}) as Record<string, unknown>
  return [what, text, name].filter((each) => typeof each === 'string').join(' ')
}

/** Every number under a value: numbers, and those within its texts. */
function numbersIn(value: unknown, found: number[] = []): number[] {
  if (typeof value === 'number') found.push(value)
  else if (typeof value === 'string') found.push(...figuresOf(value))
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) numbersIn(one, found)
  return found
}

/** A figure as a plan may hold it: as written, percent as a ratio, GB in bytes or MB, hours in minutes, counts in millions. */
const readings = (figure: number): number[] => [
  figure,
  figure / 100,
  figure * 1e9,
  figure * 2 ** 30,
  figure * 1024,
  figure * 1000,
  figure * 60,
  figure / 1e6,
]
const same = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))

/** What the blueprint lacks of a document, one line a fault. */
export function missing(units: readonly Expected[], plan: Plan): string[] {
  return units.flatMap((unit) => {
    const where = `${unit.kind} "${unit.label}" of section ${unit.section}`
    const absent = unit.in.filter((place) => at(plan, place) === undefined)
    if (absent.length > 0) return [`${where}: nothing at ${absent.join(', ')} of ${plan.id}`]
    if (unit.in.length === 0) return unit.aside ? [] : [`${where}: no place`]
    const numbers = unit.in.flatMap((place) => numbersIn(at(plan, place)))
    const lacking = unit.figures.filter(
      (figure) =>
        !unit.aside?.figures?.includes(figure) &&
        !readings(figure).some((reading) => numbers.some((one) => same(one, reading))),
    )
    return lacking.length > 0 ? [`${where}: ${lacking.join(', ')} not at ${unit.in.join(', ')} of ${plan.id}`] : []
  })
}

/** A copy of the plan without what a place names. */
export function without(plan: Plan, place: string): Plan {
  const copy = structuredClone(plan)
  const steps = [...place.matchAll(/([A-Za-z]+)|\[([^\]]+)\]/g)]
  const last = steps.at(-1)
  const parent = at(copy, place.slice(0, last?.index))
  const gone = at(copy, place)
  if (Array.isArray(parent)) parent.splice(parent.indexOf(gone), 1)
  else if (last?.[1] !== undefined) delete (parent as Record<string, unknown>)[last[1]]
  return copy
}

export const readDigest = (text: string): Expected[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Expected)
