import type { StageCost } from '../contract/contract.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import { bareLine, type ComputedLine, type CostLine, lineOf } from './cost-line.ts'
import { stateOf } from './cost-quantity.ts'
import { type Pricing, rowsOf } from './cost-row.ts'
import type { PriceOf } from './cost-sku.ts'
import { statedBeside } from './cost-stated.ts'
import { ONE } from './cost-tariff.ts'
import { type Rates, statedRates } from './currency.ts'
import { add, fractionOf, isWhole, multiply, roundHalfAway } from './fraction.ts'
import { pulledLevers } from './levers.ts'

export type { Pricing } from './cost-row.ts'
export { HOURS_PER_MONTH, type PriceOf } from './cost-sku.ts'

/**
 * The monthly cost of every stage, from its rows, beside what its source states.
 * Rules: an hourly price counts 730 times a month, a yearly one by twelfths, a one-off one in `onceMinor` only. Each row is
 * computed exactly (fractions, no binary floats) and rounded once, half away from zero, to the currency's minor unit; a
 * stage's sum is the sum of its rounded rows, so that what is shown adds up. With tax a row is rounded with its tax, and
 * its tax is what that is above the rounded net amount. Quantities by formula are taken at the drivers' present values, or
 * at those in `at`; a driver left out of it stays at its present one. An old price counts in the present stage alone. A
 * stage priced only relative to another one gets one row computed from that stage's sum at today's prices.
 */
export function stageCosts(
  plan: Plan,
  priceOf: PriceOf,
  pricing: Pricing = {},
  at: Readonly<Record<string, number>> = {},
): StageCost[] {
  const context: Context = {
    plan,
    priceOf,
    pricing,
    rates: statedRates(plan, pricing.rates),
    state: stateOf(plan, at),
    done: new Map(),
    open: new Set(),
  }
  return plan.stages.map((stage) => costOf(stage, context, true).cost)
}

interface Context {
  plan: Plan
  priceOf: PriceOf
  pricing: Pricing
  rates: Rates
  state: Float64Array
  done: Map<string, Computed>
  open: Set<string>
}

/** A stage's cost, and the sum of its rows at their stated prices. */
interface Computed {
  cost: StageCost
  asStated: ComputedLine['asStated']
}

function costOf(stage: Stage, context: Context, held: boolean): Computed {
  const { plan, priceOf, pricing, done, open } = context
  const key = `${stage.id} ${held}`
  const known = done.get(key)
  if (known) return known
  open.add(stage.id)
  const computed = rowsOf(stage, plan, priceOf, pricing).map((row) => lineOf(row, context.state, plan, pricing, held))
  if (stage.relativeCost) {
    const over = stage.relativeCost.over
    const base = open.has(over) ? undefined : plan.stages.find((other) => other.id === over)
    computed.push(relativeLine(stage.relativeCost, base ?? null, base ? costOf(base, context, false) : null, plan))
  }
  open.delete(stage.id)
  const lines = computed.map(({ line }) => line)
  const cost: StageCost = {
    stage: stage.id,
    lines,
    perMonthMinor: sum(lines, (line) => line.perMonthMinor),
    maxPerMonthMinor: sum(lines, (line) => line.maxPerMonthMinor),
    onceMinor: sum(lines, (line) => line.onceMinor),
    currency: plan.currency,
    tax: taxOf(lines, context),
    saved: pulledLevers(pricing.levers ?? {}).map((lever) => {
      const acts = lines.flatMap((line) =>
        line.onceMinor === 0 ? line.saved.filter((one) => one.lever === lever) : [],
      )
      return { lever, minor: sum(acts, (one) => one.minor), maxMinor: sum(acts, (one) => one.maxMinor) }
    }),
    ...statedBeside(stage, plan, computed, context.rates),
  }
  const result: Computed = {
    cost,
    asStated: { low: sum(computed, (one) => one.asStated.low), high: sum(computed, (one) => one.asStated.high) },
  }
  done.set(key, result)
  return result
}

const sum = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((total, one) => total + of(one), 0)

function taxOf(lines: readonly CostLine[], { plan, pricing }: Context): StageCost['tax'] {
  if (!pricing.tax || !plan.vat) return null
  const monthly = lines.filter((line) => line.onceMinor === 0)
  return {
    name: plan.vat.name,
    rate: plan.vat.rate,
    minor: sum(monthly, (line) => line.taxMinor),
    maxMinor: sum(monthly, (line) => line.maxTaxMinor),
    onceMinor: sum(lines, (line) => (line.onceMinor === 0 ? 0 : line.maxTaxMinor)),
  }
}

/** The row of a stage whose cost its source states as a share on top of another stage. */
function relativeLine(
  relative: NonNullable<Stage['relativeCost']>,
  base: Stage | null,
  computed: Computed | null,
  plan: Plan,
): ComputedLine {
  const cost = computed?.cost
  const share = `${percent(relative.min)}${relative.max === null || relative.max === relative.min ? '' : ` to ${percent(relative.max)}`}`
  const over = base?.name ?? relative.over
  const name = relative.min === 0 && (relative.max ?? 0) === 0 ? `As ${over}` : `${over} plus ${share}`
  const line = bareLine('relative-cost', name, plan)
  if (!computed || !cost || cost.lines.length === 0 || cost.lines.every((one) => !one.priced)) {
    return {
      line: { ...line, priced: false, note: `the cost of ${over} is not known` },
      asStated: { low: 0, high: 0 },
    }
  }
  const scaled = (minor: number, ratio: number): number =>
    roundHalfAway(multiply(fractionOf(minor), add(ONE, fractionOf(ratio))))
  const max = relative.max ?? relative.min
  const low = scaled(cost.perMonthMinor, relative.min)
  const high = scaled(cost.maxPerMonthMinor, max)
  const ofSavings = (minor: number, ratio: number, whole: number, scaledWhole: number): number =>
    scaled(whole + minor, ratio) - scaledWhole
  return {
    line: {
      ...line,
      perMonthMinor: low,
      maxPerMonthMinor: high,
      taxMinor: cost.tax ? low - scaled(cost.perMonthMinor - cost.tax.minor, relative.min) : 0,
      maxTaxMinor: cost.tax ? high - scaled(cost.maxPerMonthMinor - cost.tax.maxMinor, max) : 0,
      saved: cost.saved.map(({ lever, minor, maxMinor }) => ({
        lever,
        minor: ofSavings(minor, relative.min, cost.perMonthMinor, low),
        maxMinor: ofSavings(maxMinor, max, cost.maxPerMonthMinor, high),
      })),
      note: relative.max === null ? 'at least; the source gives no upper figure' : null,
    },
    asStated: {
      low: scaled(computed.asStated.low, relative.min),
      high: scaled(computed.asStated.high, max),
    },
  }
}

function percent(ratio: number): string {
  const share = multiply(fractionOf(ratio), fractionOf(100))
  return `${isWhole(share) ? share.over / share.under : roundHalfAway(multiply(share, fractionOf(10))) / 10}%`
}
