import type { Growth } from '../model/growth.ts'
import type { LeverName, LineItem } from '../model/line-item.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import type { Path } from './check-tools.ts'
import { quantityOf, stateOf } from './cost-quantity.ts'
import { FormulaError } from './formula.ts'

/** What a sound plan leaves out or cannot use: it is kept as it is, and computed without. `stage` is null for the plan as a whole. */
export interface Gap {
  stage: string | null
  path: Path
  /** The fact and what to do, as whole sentences. */
  fact: string
  fix: string
}

/** Everything that a plan leaves open, in the order of its parts. */
export function planGaps(plan: Plan): Gap[] {
  const state = stateOf(plan)
  return [...growthGaps(plan), ...plan.stages.flatMap((stage, index) => stageGaps(stage, index, plan, state))]
}

function growthGaps(plan: Plan): Gap[] {
  const primary = Math.max(
    0,
    plan.drivers.findIndex((driver) => driver.primary),
  )
  return plan.drivers.flatMap((driver, index): Gap[] => {
    const growth: Growth | undefined = driver.growth ?? (index === primary ? plan.growth : undefined)
    const ceiling = growth?.kind === 'logistic' ? growth.ceiling : null
    if (ceiling === null || ceiling >= driver.present) return []
    return [
      {
        stage: null,
        path: driver.growth ? ['drivers', index, 'growth', 'ceiling'] : ['growth', 'ceiling'],
        fact: `${driver.name} stand at ${driver.present} and are said never to pass ${ceiling}.`,
        fix: 'Raise the ceiling, or choose another kind of growth.',
      },
    ]
  })
}

function stageGaps(stage: Stage, index: number, plan: Plan, state: Float64Array): Gap[] {
  const path = ['stages', index]
  const gap = (at: Path, fact: string, fix: string): Gap => ({ stage: stage.id, path: [...path, ...at], fact, fix })
  const gaps: Gap[] = []
  for (const demand of plan.demand) {
    // What no stage supplies is watched as an amount, such as the size of a database.
    if (plan.stages.every((other) => other.supply[demand.resource] === undefined)) continue
    if ((stage.supply[demand.resource] ?? 0) > 0) continue
    gaps.push(
      gap(
        ['supply'],
        `${stage.name} states no supply of ${demand.name}, so its use there cannot be computed.`,
        `Add ${demand.resource} to its supply, in ${UNITS[demand.unit]}.`,
      ),
    )
  }
  if (stage.lineItems.length === 0 && !stage.relativeCost && !stage.statedTotal)
    gaps.push(gap(['lineItems'], `${stage.name} has no costs.`, 'Add its line items, or a relative cost.'))
  for (const [at, item] of stage.lineItems.entries()) {
    for (const [nth, lever] of (item.levers ?? []).entries()) {
      const why = idle(lever, item)
      if (why !== null)
        gaps.push(
          gap(
            ['lineItems', at, 'levers', nth],
            `The lever ${lever} does nothing on ${item.name}: ${why}.`,
            'Take it out.',
          ),
        )
    }
    if (item.onDemandShare !== undefined && (item.levers ?? []).length === 0)
      gaps.push(
        gap(
          ['lineItems', at, 'onDemandShare'],
          `The on-demand share of ${item.name} changes nothing, as the row names no levers.`,
          'Add the levers, or take it out.',
        ),
      )
    const value = presentQuantity(item, plan, state)
    if (Number.isNaN(value))
      gaps.push(
        gap(
          ['lineItems', at, 'quantity'],
          `The quantity of ${item.name}, ${item.quantity}, has no value at present: it divides by 0 or leaves a function's range.`,
          'Change the formula; max(1, ...) keeps a divisor above 0.',
        ),
      )
  }
  return gaps
}

const UNITS: Readonly<Record<Plan['demand'][number]['unit'], string>> = {
  cores: 'cores',
  bytes: 'bytes',
  connections: 'connections',
  per_second: 'units a second',
  count: 'units',
}

function presentQuantity(item: LineItem, plan: Plan, state: Float64Array): number {
  try {
    return quantityOf(item.quantity, plan).at(state)
  } catch (error) {
    if (error instanceof FormulaError) return Number.NaN
    throw error
  }
}

/** Why a lever cannot act on a row; null where it can. */
function idle(lever: LeverName, { per, price }: LineItem): string | null {
  if (per === 'once') return 'it is paid once'
  if (lever === 'scheduled' && per !== 'hour') return 'only a row charged by the hour can save hours'
  if (lever === 'yearly' && per === 'year') return 'it is paid by the year already'
  if (lever === 'right-sized' && !('sku' in price)) return 'only a SKU of the catalogue has other sizes'
  return null
}
