import { minorDigits } from '../model/money.ts'
import type { Plan } from '../model/plan.ts'
import { type Stage, StageSchema } from '../model/stage.ts'
import type { YearlyCell, YearlyComparison } from '../model/yearly.ts'
import { type PriceOf, stageCosts } from './cost.ts'
import { power } from './elementary.ts'

const MONTHS = 12

/**
 * What each approach costs in each year, or null where the plan compares none. The driver grows by the same share every
 * month, from the year's first value to its last: value(m) = from * (to / from)^((m + 1/2) / 12) for m = 0..11. A month
 * costs what the first stage (or size) costs that carries its value, priced at that value.
 */
export function yearlyComparison(plan: Plan, priceOf: PriceOf): YearlyComparison | null {
  const { yearly } = plan
  if (!yearly) return null
  const name = plan.drivers.find((one) => one.id === yearly.driver)?.name ?? yearly.driver
  return {
    currency: plan.currency,
    driver: { id: yearly.driver, name },
    years: yearly.years.map((year) => ({ ...year })),
    approaches: yearly.approaches.map((approach) => {
      const rungs = approach.ladder
        ? plan.stages.map((stage) => ({ stage, upTo: capacityOf(stage, yearly.driver) }))
        : approach.sizes.map((size, index) => ({ stage: sizeAsStage(approach.name, index, size), upTo: size.upTo }))
      const priced: Plan = { ...plan, stages: rungs.map((rung) => rung.stage) }
      return {
        id: approach.id,
        name: approach.name,
        assumed: approach.assumed,
        cells: yearly.years.map((year) =>
          cellOf(priced, rungs, year, approach.stated[year.id] ?? null, yearly.driver, priceOf),
        ),
      }
    }),
  }
}

interface Rung {
  stage: Stage
  upTo: number | null
}

function cellOf(
  plan: Plan,
  rungs: readonly Rung[],
  year: { id: string; from: number; to: number },
  stated: { min: number; max: number | null } | null,
  driver: string,
  priceOf: PriceOf,
): YearlyCell {
  const unpriced = new Set<string>()
  const months = Array.from({ length: MONTHS }, (_, month) => {
    const value = year.from * power(year.to / year.from, (month + 0.5) / MONTHS)
    const rung = rungs.find(({ upTo }) => upTo === null || value <= upTo) ?? rungs.at(-1)
    // A stage priced on top of another needs the others; any other is priced alone.
    const alone = rung && !rung.stage.relativeCost ? { ...plan, stages: [rung.stage] } : plan
    const cost = stageCosts(alone, priceOf, {}, { [driver]: value }).find((one) => one.stage === rung?.stage.id)
    for (const line of cost?.lines ?? []) if (!line.priced) unpriced.add(line.name)
    return {
      value,
      runs: rung?.stage.name ?? '',
      minor: cost?.perMonthMinor ?? 0,
      maxMinor: cost?.maxPerMonthMinor ?? 0,
    }
  })
  const minor = months.reduce((total, one) => total + one.minor, 0)
  const maxMinor = months.reduce((total, one) => total + one.maxMinor, 0)
  const scale = 10 ** minorDigits(plan.currency)
  const said = stated && {
    minor: Math.round(stated.min * scale),
    maxMinor: stated.max === null ? null : Math.round(stated.max * scale),
  }
  const differs = said !== null && (maxMinor < said.minor || (said.maxMinor !== null && minor > said.maxMinor))
  return { year: year.id, minor, maxMinor, stated: said, differs, months, unpriced: [...unpriced] }
}

const capacityOf = (stage: Stage, driver: string): number | null =>
  stage.capacity.find((one) => one.driver === driver)?.max ?? null

function sizeAsStage(
  name: string,
  index: number,
  size: NonNullable<Plan['yearly']>['approaches'][number]['sizes'][number],
): Stage {
  const upTo = size.upTo === null ? name : `${name}, up to ${size.upTo}`
  return StageSchema.parse({ id: `size-${index}`, name: upTo, objective: name, lineItems: size.lineItems })
}
