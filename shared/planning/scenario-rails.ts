import type { Compared } from '../model/comparison.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import type { Simulation } from '../model/scenario.ts'
import { compare } from './judge-series.ts'
import { needValueWords, needWords } from './need-words.ts'

/** A stage that a scenario comes to, and the month: the first in which most paths hold it, else the first in which any does. */
export interface Arrival {
  stage: Plan['stages'][number]
  index: number
  month: number
}

export function arrivals(plan: Plan, simulation: Simulation): Arrival[] {
  return plan.stages
    .flatMap((stage, index) => {
      const share = simulation.stageShare.find((one) => one.stage === stage.id)?.share ?? []
      const most = share.findIndex((one) => one > 0.5)
      const month = most >= 0 ? most : share.findIndex((one) => one > 0)
      return month < 0 ? [] : [{ stage, index, month }]
    })
    .sort((a, b) => a.month - b.month || a.index - b.index)
}

type Judged = { state: boolean | null; why: string }

/**
 * The guard rails that argue against a stage the scenario moves to, judged on the middle path in the month before the move
 * (metrics, through the demand that shows them) and of the move (drivers). A rail without a condition always argues.
 */
export function railsAgainst(plan: Plan, simulation: Simulation, start: string): Compared['guardRails'] {
  return arrivals(plan, simulation)
    .filter(({ stage }) => stage.id !== start)
    .flatMap(({ stage, month }) =>
      plan.guardRails.flatMap((rail) => {
        if (!rail.against.includes(stage.id)) return []
        const { state, why } = rail.when
          ? judge(rail.when, plan, simulation, month)
          : { state: true, why: 'It holds whatever the numbers are.' }
        if (state === false) return []
        return [
          {
            id: rail.id,
            text: rail.text,
            stage: stage.id,
            name: stage.name,
            month,
            state: state === null ? ('unknown' as const) : ('argues' as const),
            why,
          },
        ]
      }),
    )
}

function judge(condition: Condition, plan: Plan, simulation: Simulation, month: number): Judged {
  if ('all' in condition || 'any' in condition) {
    const all = 'all' in condition
    const parts = (all ? condition.all : condition.any).map((one) => judge(one, plan, simulation, month))
    // One false part decides an "all", one true part an "any"; otherwise one that cannot be judged leaves it open.
    const deciding = parts.filter((part) => part.state === !all)
    const open = parts.filter((part) => part.state === null)
    if (deciding.length > 0) return { state: !all, why: sentences(deciding) }
    if (open.length > 0) return { state: null, why: sentences(open) }
    return { state: all, why: sentences(parts) }
  }
  if ('driver' in condition) {
    const driver = plan.drivers.find((one) => one.id === condition.driver)
    const value = driver && driverAt(plan, simulation, driver, month)
    if (!driver || value === undefined) return { state: null, why: `The plan has no driver "${condition.driver}".` }
    return {
      state: compare(value, condition.op, condition.value),
      why: `${driver.name}: about ${round(value)} then, ${condition.op} ${condition.value.toLocaleString('en')} is asked.`,
    }
  }
  if ('derived' in condition)
    return { state: null, why: `It depends on ${condition.derived.replaceAll('_', ' ')}, which Now judges.` }
  if ('need' in condition) {
    const value = plan.needs[condition.need]
    if (value === undefined) return { state: null, why: `The need "${needWords(condition.need)}" is not stated.` }
    const state =
      condition.op === undefined || condition.value === undefined
        ? Boolean(value)
        : compare(Number(value), condition.op, condition.value)
    return {
      state,
      why: `${needWords(condition.need)} is stated as ${typeof value === 'number' ? needValueWords(condition.need, value) : value}.`,
    }
  }
  const demand = plan.demand.find((one) => one.metric === condition.metric)
  const used = simulation.utilisation.find((one) => one.resource === demand?.resource)
  const value = used?.band.p50[Math.max(0, month - 1)]
  if (!demand || value === undefined || !condition.metric.endsWith('_ratio'))
    return { state: null, why: `It depends on ${condition.metric}, which only measuring can tell.` }
  return {
    state: compare(value, condition.op, condition.value),
    why: `${demand.name} is used to about ${percent(value)} before the move; the rail speaks of ${condition.op} ${percent(condition.value)}.`,
  }
}

/** The middle path of a driver; one without growth of its own keeps its ratio to the primary one. */
function driverAt(plan: Plan, simulation: Simulation, driver: Plan['drivers'][number], month: number): number {
  const primary = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  const value = simulation.driver.p50[month] ?? 0
  if (!primary || driver.id === primary.id || primary.present === 0) return value
  return (driver.present / primary.present) * value
}

const sentences = (parts: readonly Judged[]): string => [...new Set(parts.map((part) => part.why))].join(' ')
const round = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en')
const percent = (ratio: number): string => `${Math.round(ratio * 100)}%`
