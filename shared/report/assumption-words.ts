import type { Growth, GrowthEvent } from '../model/growth.ts'
import type { Plan } from '../model/plan.ts'
import type { Assumptions } from '../model/scenario.ts'
import type { Row } from './document.ts'
import { countText, plural, shareText } from './words.ts'

/** "10% a month, ± 5% of chance a month". */
export function growthWords(growth: Growth, unit: string): string {
  const chance =
    growth.deviation === 0
      ? 'without chance'
      : `a month's log growth deviates by ${growth.deviation} (one standard deviation)`
  const { fitted } = growth
  const from = fitted ? `; fitted on ${plural(fitted.n, 'value')} of ${fitted.source}` : ''
  return `${lawWords(growth, unit)}; ${chance}${from}`
}

function lawWords(growth: Growth, unit: string): string {
  switch (growth.kind) {
    case 'exponential':
      return `${rate(growth.monthlyRate)} a month`
    case 'linear':
      return `${growth.perMonth < 0 ? '−' : '+'}${countText(Math.abs(growth.perMonth))} ${unit} a month`
    case 'logistic':
      return `${rate(growth.monthlyRate)} a month at first, never above ${countText(growth.ceiling)} ${unit}`
    case 'drawn':
      return `drawn by hand: ${growth.points.map(({ month, value }) => `${countText(value)} in month ${month}`).join(', ')}`
    case 'pieces':
      return growth.pieces
        .map(({ fromMonth, law }) => `from month ${fromMonth} ${lawWords({ ...law, deviation: 0 } as Growth, unit)}`)
        .join('; ')
  }
}

const rate = (value: number): string => `${value < 0 ? '−' : '+'}${shareText(Math.abs(value))}`

export function policyWords({ policy }: Assumptions, plan: Plan): string {
  const name = (id: string): string => plan.stages.find((one) => one.id === id)?.name ?? id
  switch (policy.kind) {
    case 'stay':
      return 'it stays where it is'
    case 'triggers':
      return `${plural(policy.leadMonths, 'month')} after a trigger of the held stage fires`
    case 'fixed':
      return policy.moves.length === 0
        ? 'at fixed months, of which none is stated'
        : `at fixed months: ${policy.moves.map(({ month, stage }) => `${name(stage)} in month ${month}`).join(', ')}`
    case 'cheapest':
      return `along the path of least expected cost whose risk of overload stays at or under ${shareText(policy.riskLimit)} a month, ${plural(policy.leadMonths, 'month')} of lead`
  }
}

export const eventWords = ({ name, from, to, multiplier, probability }: GrowthEvent): string =>
  `${name}: times ${countText(multiplier)} from ${from} to ${to}${probability < 1 ? `, with a chance of ${shareText(probability)}` : ''}`

/** Everything that a scenario assumes, one fact a row. */
export function assumptionRows(assumptions: Assumptions, plan: Plan): Row[] {
  const primary = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  const name = (id: string): string => plan.stages.find((one) => one.id === id)?.name ?? id
  const rows: [string, string][] = [
    [primary?.name ?? 'Driver', `${countText(assumptions.present)} ${primary?.unit ?? ''} now`],
    ['Growth', growthWords(assumptions.growth, primary?.unit ?? '')],
  ]
  for (const driver of plan.drivers) {
    if (driver === primary) continue
    const own = assumptions.drivers?.[driver.id]
    const growth = own?.growth ?? driver.growth
    rows.push([
      driver.name,
      `${countText(own?.present ?? driver.present)} ${driver.unit} now; ${growth ? growthWords(growth, driver.unit) : `grows along with ${primary?.name ?? 'the first'}`}`,
    ])
  }
  const seasonality = assumptions.seasonality ?? plan.seasonality
  const seasons = [
    seasonality?.hourOfDay && `hours of the day (${least(seasonality.hourOfDay)})`,
    seasonality?.dayOfWeek && `days of the week (${least(seasonality.dayOfWeek)})`,
    seasonality?.monthOfYear && `months of the year (${least(seasonality.monthOfYear)})`,
  ].filter((one) => one !== undefined)
  rows.push(['Seasons', seasons.length === 0 ? 'none' : seasons.join(', ')])
  const events = assumptions.events ?? plan.events
  rows.push(['Events', events.length === 0 ? 'none' : events.map(eventWords).join('; ')])
  rows.push(['Starts in', name(assumptions.stage ?? plan.stage)])
  rows.push(['Changes stage', policyWords(assumptions, plan)])
  const levers = leverWords(assumptions)
  rows.push(['Levers', levers.length === 0 ? 'none' : levers.join('; ')])
  rows.push(['Tax', assumptions.tax && plan.vat ? `with ${plan.vat.name} of ${shareText(plan.vat.rate)}` : 'without'])
  const rates = { ...plan.rates, ...assumptions.rates }
  rows.push([
    'Rates of exchange',
    Object.keys(rates).length === 0
      ? 'none needed'
      : Object.entries(rates)
          .map(([currency, value]) => `1 ${currency} = ${value} ${plan.currency}`)
          .join(', '),
  ])
  rows.push([
    'Simulated',
    `${countText(assumptions.paths)} paths over ${plural(assumptions.months, 'month')}, seed ${assumptions.seed}`,
  ])
  return rows.map(([label, value]) => ({ cells: [label, value] }))
}

const least = (factors: readonly number[]): string =>
  `× ${countText(Math.min(...factors))} to × ${countText(Math.max(...factors))}`

function leverWords({ levers }: Assumptions): string[] {
  const { reserved, spot, scheduled, rightSized, yearly } = levers
  const words: string[] = []
  if (reserved)
    words.push(
      `${shareText(reserved.share)} reserved at ${shareText(reserved.discount)} less${reserved.termMonths ? ` for ${plural(reserved.termMonths, 'month')}` : ''}`,
    )
  if (spot) words.push(`${shareText(spot.share)} on spot at ${shareText(spot.discount)} less`)
  if (scheduled) words.push(`hourly rows run ${countText(scheduled.hoursPerWeek)} hours of the week`)
  if (rightSized) words.push(`right-sized for ${shareText(rightSized.target)} of use`)
  if (yearly) words.push(`paid by the year at ${shareText(yearly.discount)} less`)
  return words
}
