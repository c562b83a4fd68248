import { formatQuantity } from '../format/quantity.ts'
import type { Price } from '../model/catalogue.ts'
import type { Plan } from '../model/plan.ts'
import { findPrice } from '../planning/cost-sku.ts'
import { statedRates } from '../planning/currency.ts'
import { planGaps } from '../planning/plan-gaps.ts'
import { assumptionRows } from './assumption-words.ts'
import { type Block, heading, list, paragraph, type Row, table } from './document.ts'
import type { PlanReportInput } from './plan-input.ts'
import { countText } from './words.ts'

/** What the figures rest on: assumptions, demand, prices with source and age; and what is not in them. */
export function sourceBlocks(input: PlanReportInput): Block[] {
  const { plan, scenario } = input
  return [
    heading(1, 'What the figures rest on'),
    heading(2, scenario.name === null ? 'Assumptions' : `Assumptions of ${scenario.name}`),
    table(
      [
        { title: 'What', weight: 2 },
        { title: 'Assumed', weight: 7 },
      ],
      assumptionRows(scenario.assumptions, plan),
      '',
    ),
    ...(scenario.notes.length === 0 ? [] : [paragraph('Left out of the scenario:'), list(scenario.notes)]),
    heading(2, 'Demand'),
    demandTable(plan),
    heading(2, 'Prices'),
    priceTable(input),
    ...(plan.source ? [paragraph(`Source of the plan: ${plan.source}`, true)] : []),
    heading(1, 'What is not in the figures'),
    ...notModelled(input),
  ]
}

function demandTable(plan: Plan): Block {
  return table(
    [
      { title: 'Resource', weight: 2 },
      { title: 'Base', weight: 2, right: true },
      { title: 'For each', weight: 3, right: true },
      { title: 'Where it comes from', weight: 5 },
    ],
    plan.demand.map((demand): Row => {
      const driver = plan.drivers.find((one) => one.id === demand.driver)
      const alpha = demand.alpha ?? 1
      const { fitted } = demand
      return {
        cells: [
          demand.name,
          formatQuantity(demand.base, demand.unit),
          `${perUnit(demand.rate, demand.unit)} × ${driver?.unit ?? demand.driver}${alpha === 1 ? '' : `^${alpha}`}`,
          fitted
            ? `fitted on ${countText(fitted.n)} values of ${fitted.source}, 95%: ${perUnit(fitted.rateLow, demand.unit)} to ${perUnit(fitted.rateHigh, demand.unit)}`
            : `assumed: ${demand.assumed}`,
        ],
      }
    }),
    'The plan states no demand, so nothing can be overloaded in it.',
  )
}

/** Rates of one user are small: they keep three figures. */
function perUnit(rate: number, unit: Plan['demand'][number]['unit']): string {
  if (unit === 'bytes' || rate === 0 || Math.abs(rate) >= 0.1) return formatQuantity(rate, unit)
  const words = { cores: ' cores', connections: ' connections', per_second: '/s', count: '' }
  return `${Number(rate.toPrecision(3))}${words[unit]}`
}

/** Every price of the catalogue that a row of the plan names, once. */
export function pricesOf({ plan, priceOf, scenario }: PlanReportInput): { sku: string; price: Price | null }[] {
  const skus = [
    ...new Set(
      plan.stages.flatMap((stage) => stage.lineItems.flatMap(({ price }) => ('sku' in price ? [price.sku] : []))),
    ),
  ].sort()
  const known = statedRates(plan, scenario.assumptions.rates)
  return skus.map((sku) => {
    const found = findPrice(sku, plan, known, priceOf)
    return { sku, price: typeof found === 'string' ? null : found }
  })
}

function priceTable(input: PlanReportInput): Block {
  return table(
    [
      { title: 'SKU', weight: 4 },
      { title: 'Price', weight: 3, right: true },
      { title: 'Date', weight: 0 },
      { title: 'Trust', weight: 0 },
      { title: 'Source', weight: 5 },
    ],
    pricesOf(input).map(({ sku, price }): Row => {
      if (!price) return { cells: [sku, 'not in the catalogue', '–', '–', '–'], as: 'soft' }
      return {
        cells: [
          `${sku}${sku.includes('@') ? '' : `, ${price.region}`}`,
          catalogueWords(price),
          price.verifiedAt?.slice(0, 10) ?? price.asOf?.slice(0, 10) ?? 'undated',
          price.confidence,
          price.source,
        ],
      }
    }),
    'Every price of the plan is typed by hand; none is of the catalogue.',
  )
}

function catalogueWords(price: Price): string {
  const amount = (value: number): string =>
    new Intl.NumberFormat('en', { style: 'currency', currency: price.currency, maximumFractionDigits: 6 }).format(value)
  if (price.monthly !== null) return `${amount(price.monthly)} a month`
  if (price.hourly !== null) return `${amount(price.hourly)} an hour`
  if (price.perUnit?.price != null) return `${amount(price.perUnit.price)} each ${price.perUnit.unit}`
  return 'none could be quoted'
}

function notModelled({ plan, scenario }: PlanReportInput): Block[] {
  const { notModelled: rules } = scenario.simulation
  const gaps = planGaps(plan)
  const always = [
    'Nothing here is an offer: prices change, and taxes other than the one named, discounts and support contracts are not in them.',
    'Failures of nodes are taken to be independent, and the simulation does not let them fail: availability stands for itself.',
    'One-off costs and hours of a move are as the plan states them.',
  ]
  return [
    ...(rules.length === 0
      ? []
      : [
          heading(2, 'Not simulated'),
          table(
            [
              { title: 'What', weight: 3 },
              { title: 'Why', weight: 5 },
            ],
            rules.map(({ name, why }) => ({ cells: [name, why] })),
            '',
          ),
        ]),
    ...(gaps.length === 0
      ? []
      : [
          heading(2, 'What the plan leaves open'),
          table(
            [
              { title: 'Fact', weight: 5 },
              { title: 'To close it', weight: 4 },
            ],
            gaps.map(({ fact, fix }) => ({ cells: [fact, fix] })),
            '',
          ),
        ]),
    heading(2, 'In general'),
    list(always),
  ]
}
