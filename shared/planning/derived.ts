import type { StageCost } from '../contract/contract.ts'
import { formatAvailabilities, formatAvailability } from '../format/availability.ts'
import { formatMoney, formatQuantity } from '../format/quantity.ts'
import type { Condition, DerivedValue } from '../model/condition.ts'
import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { stageAvailability } from './availability.ts'
import { compare } from './judge-series.ts'
import { needWords } from './need-words.ts'

export type DerivedCondition = Extract<Condition, { derived: DerivedValue }>

/** A derived value of one stage: a ratio for the availability, else an amount of `currency`. `value` null: see `unknown`. */
export interface Derived {
  value: number | null
  unknown: string | null
  stage: string
  currency: string
}
export type DerivedOf = (name: DerivedValue) => Derived

/**
 * What is computed from the plan for a stage: its availability, its monthly cost (the middle of a range) and that cost over
 * the primary driver's present value.
 */
export function derivedOf(plan: Plan, stage: Stage, costs: readonly StageCost[] | undefined): DerivedOf {
  const answer = (value: number | null, unknown: string | null): Derived => ({
    value,
    unknown,
    stage: stage.name,
    currency: plan.currency,
  })
  return (name) => {
    if (name === 'availability') {
      const { value, unknown } = stageAvailability(stage)
      return answer(value, unknown)
    }
    const cost = costs?.find((one) => one.stage === stage.id)
    if (!cost?.lines.some((line) => line.priced)) return answer(null, `no cost of ${stage.name} has a price`)
    const monthly = (cost.perMonthMinor + cost.maxPerMonthMinor) / 2 / 10 ** minorDigits(plan.currency)
    if (name === 'monthly_cost') return answer(monthly, null)
    const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
    return driver && driver.present > 0
      ? answer(monthly / driver.present, null)
      : answer(null, `${driver?.name ?? 'the driver'} is stated as 0`)
  }
}

/** The first stage above the one at `index` whose computed availability passes `asked`; null when none does. */
export function firstAvailable(plan: Plan, index: number, asked: number): Stage | null {
  return plan.stages.slice(index + 1).find((stage) => (stageAvailability(stage).value ?? 0) >= asked) ?? null
}

const NAMES: Readonly<Record<DerivedValue, string>> = {
  availability: 'Availability',
  monthly_cost: 'Monthly cost',
  cost_per_driver: 'Cost per unit of the driver',
}
const SIDES = { '>': 'above', '>=': 'at or above', '<': 'below', '<=': 'at or below' } as const

/** "Availability < 99.9%", or "Availability < Promised availability (SLA)" where it is compared with what the operator states. */
export function derivedWords({ derived, op, value, need }: DerivedCondition, currency?: string): string {
  const limit = need !== undefined ? needWords(need) : value === undefined ? '?' : amountOf(derived, value, currency)
  return `${NAMES[derived]} ${op} ${limit}`
}

function amountOf(name: DerivedValue, value: number, currency: string | undefined): string {
  if (name === 'availability') return formatAvailability(value)
  if (currency === undefined || !Number.isFinite(value)) return formatQuantity(value, 'count')
  // A fraction of a cent for each user is a figure too.
  return Math.abs(value) < 1
    ? `${formatQuantity(value, 'count', { digits: 4 })} ${currency}`
    : formatMoney({ minor: Math.round(value * 10 ** minorDigits(currency)), currency })
}

/** The limit that a condition compares with, or why there is none. */
export function derivedLimit({ derived, value, need }: DerivedCondition, needs: Plan['needs']): number | string {
  if (need === undefined) return value ?? `the condition on ${NAMES[derived].toLowerCase()} names no value`
  const stated = needs[need]
  if (stated === undefined) return `no data for the need "${needWords(need)}": it is not stated`
  if (typeof stated !== 'number') return `the need "${needWords(need)}" is stated as yes or no, not as a number`
  if (derived === 'availability' && stated > 1)
    return `the need "${needWords(need)}" is stated as ${stated}, and a share of time is from 0 to 1: write 0.999 for 99.9%`
  return stated
}

/** What was seen, and the whole sentence. An availability under what is asked says that the stage cannot meet it. */
export function derivedFact(
  condition: DerivedCondition,
  limit: number,
  { value, stage, currency }: Derived,
): { fact: string; why: string } {
  const { derived, op } = condition
  const holds = compare(value as number, op, limit)
  if (derived === 'availability') {
    if (limit === 0) {
      const fact = `no availability is asked, ${formatAvailability(value as number)} computed for ${stage}`
      return { fact, why: `${fact}.` }
    }
    const [computed, asked] = formatAvailabilities(value as number, limit)
    const fact = `${asked} asked, ${computed} computed for ${stage}`
    if (op === '<' || op === '<=') return { fact, why: `${fact}: ${holds ? 'it cannot meet that' : 'it meets that'}.` }
    return { fact, why: `${fact}, ${holds ? '' : 'not '}${SIDES[op]} it.` }
  }
  const fact = `${NAMES[derived]} of ${stage} is ${amountOf(derived, value as number, currency)}`
  return { fact, why: `${fact}, ${holds ? '' : 'not '}${SIDES[op]} ${amountOf(derived, limit, currency)}.` }
}

/** Where a rule asked for an availability: whether the target meets it, and if no stage of the plan does, which comes closest. */
export function availabilityWords(
  plan: Plan,
  target: Stage,
  fired: readonly { looksAt: { availability: number | null } }[],
): string[] {
  const asked = Math.max(0, ...fired.map((rule) => rule.looksAt.availability ?? 0))
  if (asked === 0) return []
  const value = stageAvailability(target).value
  if (value === null) return []
  const [computed, wanted] = formatAvailabilities(value, asked)
  if (value >= asked) return [`${target.name} is computed to be up ${computed} of the time, which meets ${wanted}.`]
  const best = plan.stages.reduce((most, stage) =>
    (stageAvailability(stage).value ?? 0) > (stageAvailability(most).value ?? 0) ? stage : most,
  )
  const [highest] = formatAvailabilities(stageAvailability(best).value ?? 0, asked)
  return [
    `No stage of the plan is computed to meet ${wanted}: ${best.name} comes closest with ${highest}. Its topology says what costs most.`,
  ]
}

/** Where no rule of the stage asks for an availability but the operator needs one that the stage is computed to miss. */
export function unmetWords(
  plan: Plan,
  stage: Stage,
  rules: readonly { looksAt: { availability: number | null } }[],
): string[] {
  const asked = askedAvailability(plan.needs)
  const { value } = stageAvailability(stage)
  if (asked === null || value === null || value >= asked) return []
  if (rules.some((rule) => rule.looksAt.availability !== null)) return []
  const [computed, wanted] = formatAvailabilities(value, asked)
  return [
    `${wanted} asked, ${computed} computed for ${stage.name}: it cannot meet that. Its topology says what costs most.`,
  ]
}

/** The availability that the operator says is needed: the highest number among needs named after it (sla, availability, uptime). */
export function askedAvailability(needs: Plan['needs']): number | null {
  let asked: number | null = null
  for (const [name, value] of Object.entries(needs))
    if (/sla|availab|uptime/i.test(name) && typeof value === 'number' && value > 0 && value <= 1)
      asked = Math.max(asked ?? 0, value)
  return asked
}
