import type { Sensitivity } from '../model/comparison.ts'
import type { Growth } from '../model/growth.ts'
import type { LineItem } from '../model/line-item.ts'
import type { Plan } from '../model/plan.ts'
import type { Assumptions } from '../model/scenario.ts'
import type { PriceOf } from './cost-sku.ts'
import { statedRates } from './currency.ts'

/** What a scenario is computed from; an input changes one part of it. */
export interface Basis {
  plan: Plan
  assumptions: Assumptions
  priceOf: PriceOf
}

type Row = Sensitivity['rows'][number]

/** One assumption that can be moved. `low` and `high` are its range unless somebody states another. */
export interface SensitivityInput extends Pick<Row, 'id' | 'name' | 'kind' | 'unit' | 'value' | 'low' | 'high'> {
  with(basis: Basis, value: number): Basis
}

/** How far an assumption is moved to either side where nothing better is known. */
const DEFAULT_SPREAD = 0.2

/**
 * Every assumption of a scenario as something that can be moved: 20% to either side, a month for a lead time, shares and
 * discounts kept within 0..1, and one percentage point for a growth of 0. What is 0 and stays 0 is left out.
 */
export function sensitivityInputs({ plan, assumptions, priceOf }: Basis): SensitivityInput[] {
  return [
    ...driverInputs(plan, assumptions),
    ...growthInputs(assumptions.growth),
    ...priceInputs(plan, assumptions, priceOf),
    ...demandInputs(plan),
    ...policyInputs(assumptions),
    ...leverInputs(assumptions),
    ...rateInputs(plan, assumptions),
  ]
}

/** A value with its default range, kept within bounds. */
function spread(value: number, [least, most]: readonly [number, number] = [0, Number.POSITIVE_INFINITY]) {
  const at = (factor: number) => Math.min(most, Math.max(least, value * factor))
  const ends = [at(1 - DEFAULT_SPREAD), at(1 + DEFAULT_SPREAD)].sort((a, b) => a - b)
  return { value, low: ends[0] as number, high: ends[1] as number }
}

const assuming = ({ assumptions, ...rest }: Basis, change: Partial<Assumptions>): Basis => ({
  ...rest,
  assumptions: { ...assumptions, ...change },
})

function driverInputs(plan: Plan, assumptions: Assumptions): SensitivityInput[] {
  const primary = plan.drivers.find((driver) => driver.primary) ?? plan.drivers[0]
  const others = plan.drivers.filter((driver) => driver !== primary)
  return [
    {
      id: 'present',
      name: `Present ${primary?.name ?? 'value'}`,
      kind: 'driver',
      unit: 'count',
      ...spread(assumptions.present),
      with: (basis, present) => assuming(basis, { present }),
    },
    ...others.flatMap((driver): SensitivityInput[] => {
      const present = assumptions.drivers?.[driver.id]?.present ?? driver.present
      if (present === 0) return []
      return [
        {
          id: `present-${driver.id}`,
          name: `Present ${driver.name}`,
          kind: 'driver',
          unit: 'count',
          ...spread(present),
          with: (basis, value) =>
            assuming(basis, {
              drivers: {
                ...basis.assumptions.drivers,
                [driver.id]: { ...basis.assumptions.drivers?.[driver.id], present: value },
              },
            }),
        },
      ]
    }),
  ]
}

function growthInputs(growth: Growth): SensitivityInput[] {
  const input = (
    id: string,
    name: string,
    unit: Row['unit'],
    range: ReturnType<typeof spread>,
    change: (growth: Growth, value: number) => Growth,
  ): SensitivityInput => ({
    id,
    name,
    kind: 'growth',
    unit,
    ...range,
    with: (basis, value) => assuming(basis, { growth: change(basis.assumptions.growth, value) }),
  })
  const rate = (value: number) => (value === 0 ? { value, low: -0.01, high: 0.01 } : spread(value, [-0.99, 10]))
  const inputs: SensitivityInput[] = []
  if (growth.kind === 'logistic')
    inputs.push(
      input('growth-ceiling', 'Ceiling of growth', 'count', spread(growth.ceiling), (now, ceiling) =>
        now.kind === 'logistic' ? { ...now, ceiling } : now,
      ),
    )
  switch (growth.kind) {
    case 'logistic':
    case 'exponential':
      inputs.push(
        input('growth-rate', 'Monthly growth', 'ratio', rate(growth.monthlyRate), (now, monthlyRate) =>
          'monthlyRate' in now ? { ...now, monthlyRate } : now,
        ),
      )
      break
    case 'linear':
      inputs.push(
        input(
          'growth-rate',
          'Growth a month',
          'count',
          spread(growth.perMonth, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]),
          (now, perMonth) => (now.kind === 'linear' ? { ...now, perMonth } : now),
        ),
      )
      break
    case 'drawn':
      inputs.push(
        input('growth-rate', 'Drawn growth', 'factor', spread(1), (now, factor) =>
          now.kind === 'drawn'
            ? { ...now, points: now.points.map((point) => ({ ...point, value: point.value * factor })) }
            : now,
        ),
      )
      break
    case 'pieces':
      inputs.push(
        input('growth-rate', 'Growth of all pieces', 'factor', spread(1), (now, factor) =>
          now.kind === 'pieces'
            ? { ...now, pieces: now.pieces.map((piece) => ({ ...piece, law: scaledLaw(piece.law, factor) })) }
            : now,
        ),
      )
  }
  if (growth.deviation > 0)
    inputs.push(
      input(
        'growth-deviation',
        'Deviation of a month',
        'ratio',
        spread(growth.deviation, [0, 2]),
        (now, deviation) => ({
          ...now,
          deviation,
        }),
      ),
    )
  return inputs.filter((one) => one.low !== one.high)
}

type PieceLaw = Extract<Growth, { kind: 'pieces' }>['pieces'][number]['law']
const scaledLaw = (law: PieceLaw, factor: number): PieceLaw =>
  law.kind === 'linear'
    ? { ...law, perMonth: law.perMonth * factor }
    : { ...law, monthlyRate: Math.max(-0.99, law.monthlyRate * factor) }

/** Prices move by family: catalogue prices of one kind, such as compute, together; typed ones by the row they stand in. */
function priceInputs(plan: Plan, assumptions: Assumptions, priceOf: PriceOf): SensitivityInput[] {
  const currencies = [plan.currency, ...Object.keys(statedRates(plan, assumptions.rates))]
  const kindOf = (sku: string): string | null => {
    for (const currency of currencies) {
      const price = priceOf(sku, currency)
      if (price) return price.kind
    }
    return null
  }
  const families = new Map<string, { name: string; kind: string | null; rows: Set<string> }>()
  for (const stage of plan.stages) {
    for (const item of stage.lineItems) {
      const kind = 'sku' in item.price ? kindOf(item.price.sku) : null
      if ('sku' in item.price && kind === null) continue
      const id = kind === null ? `price-row-${item.id}` : `price-${kind}`
      const name = kind === null ? item.name : `Catalogue prices: ${kind.replaceAll('-', ' ')}`
      const family = families.get(id) ?? { name, kind, rows: new Set() }
      family.rows.add(item.id)
      families.set(id, family)
    }
  }
  return [...families].map(([id, { name, kind, rows }]) => ({
    id,
    name: kind === null ? `Price of ${name}` : name,
    kind: 'price',
    unit: 'factor',
    ...spread(1),
    with: (basis, factor) =>
      kind === null
        ? { ...basis, plan: withRows(basis.plan, rows, factor) }
        : { ...basis, priceOf: withKind(basis.priceOf, kind, factor) },
  }))
}

const withRows = (plan: Plan, rows: ReadonlySet<string>, factor: number): Plan => ({
  ...plan,
  stages: plan.stages.map((stage) => ({
    ...stage,
    lineItems: stage.lineItems.map((item) => (rows.has(item.id) ? dearer(item, factor) : item)),
  })),
})

function dearer(item: LineItem, factor: number): LineItem {
  const { price } = item
  if ('sku' in price) return item
  if ('tiers' in price)
    return {
      ...item,
      price: { ...price, tiers: price.tiers.map((tier) => ({ ...tier, amount: tier.amount * factor })) },
    }
  return {
    ...item,
    price: {
      ...price,
      amount: price.amount * factor,
      ...(price.max === undefined ? {} : { max: price.max * factor }),
      ...(price.cap === undefined ? {} : { cap: price.cap * factor }),
    },
  }
}

function withKind(priceOf: PriceOf, kind: string, factor: number): PriceOf {
  const times = (amount: number | null) => (amount === null ? null : amount * factor)
  const scaled = (price: NonNullable<ReturnType<PriceOf>>) =>
    price.kind === kind
      ? {
          ...price,
          monthly: times(price.monthly),
          hourly: times(price.hourly),
          perUnit: price.perUnit && { ...price.perUnit, price: times(price.perUnit.price) },
        }
      : price
  const find = (sku: string, currency: string) => {
    const price = priceOf(sku, currency)
    return price && scaled(price)
  }
  const { sizes } = priceOf
  // A scaled price finds its sizes by name and region, which scaling leaves as they are.
  return sizes ? Object.assign(find, { sizes: (price: Parameters<typeof sizes>[0]) => sizes(price).map(scaled) }) : find
}

function demandInputs(plan: Plan): SensitivityInput[] {
  return plan.demand
    .filter((demand) => demand.rate > 0)
    .map((demand) => ({
      id: `demand-${demand.resource}`,
      name: `Demand for ${demand.name}`,
      kind: 'demand',
      unit: 'factor',
      ...spread(1),
      with: (basis, factor) => ({
        ...basis,
        plan: {
          ...basis.plan,
          demand: basis.plan.demand.map((one) =>
            one.resource === demand.resource ? { ...one, rate: one.rate * factor } : one,
          ),
        },
      }),
    }))
}

function policyInputs({ policy }: Assumptions): SensitivityInput[] {
  if (policy.kind !== 'triggers' && policy.kind !== 'cheapest') return []
  const { leadMonths } = policy
  return [
    {
      id: 'lead-time',
      name: 'Lead time of a move',
      kind: 'lead-time',
      unit: 'months',
      value: leadMonths,
      low: Math.max(0, leadMonths - Math.max(1, Math.round(leadMonths * DEFAULT_SPREAD))),
      high: Math.min(24, leadMonths + Math.max(1, Math.round(leadMonths * DEFAULT_SPREAD))),
      with: (basis, months) => {
        const now = basis.assumptions.policy
        return 'leadMonths' in now
          ? assuming(basis, { policy: { ...now, leadMonths: Math.min(24, Math.max(0, Math.round(months))) } })
          : basis
      },
    },
  ]
}

const SHARE = [0, 1] as const

function leverInputs({ levers }: Assumptions): SensitivityInput[] {
  const inputs: SensitivityInput[] = []
  const add = (
    id: string,
    name: string,
    unit: Row['unit'],
    value: number | undefined,
    bounds: readonly [number, number],
    change: (levers: Assumptions['levers'], value: number) => Assumptions['levers'],
  ) => {
    if (value === undefined || value === 0) return
    inputs.push({
      id,
      name,
      kind: 'lever',
      unit,
      ...spread(value, bounds),
      with: (basis, next) => assuming(basis, { levers: change(basis.assumptions.levers, next) }),
    })
  }
  const { reserved, spot, scheduled, rightSized, yearly } = levers
  add('lever-reserved-share', 'Share that is reserved', 'ratio', reserved?.share, SHARE, (now, share) =>
    now.reserved ? { ...now, reserved: { ...now.reserved, share } } : now,
  )
  add('lever-reserved-discount', 'Discount on reserved', 'ratio', reserved?.discount, SHARE, (now, discount) =>
    now.reserved ? { ...now, reserved: { ...now.reserved, discount } } : now,
  )
  add('lever-spot-share', 'Share that is spot', 'ratio', spot?.share, SHARE, (now, share) =>
    now.spot ? { ...now, spot: { ...now.spot, share } } : now,
  )
  add('lever-spot-discount', 'Discount on spot', 'ratio', spot?.discount, SHARE, (now, discount) =>
    now.spot ? { ...now, spot: { ...now.spot, discount } } : now,
  )
  add(
    'lever-hours',
    'Hours a week that scheduled rows run',
    'hours',
    scheduled?.hoursPerWeek,
    [0, 168],
    (now, hoursPerWeek) => ({
      ...now,
      scheduled: { hoursPerWeek },
    }),
  )
  add(
    'lever-target',
    'Utilisation that right-sizing aims at',
    'ratio',
    rightSized?.target,
    [0.01, 1],
    (now, target) => ({
      ...now,
      rightSized: { target },
    }),
  )
  add('lever-yearly', 'Discount for paying by the year', 'ratio', yearly?.discount, SHARE, (now, discount) => ({
    ...now,
    yearly: { discount },
  }))
  return inputs.filter((one) => one.low !== one.high)
}

function rateInputs(plan: Plan, assumptions: Assumptions): SensitivityInput[] {
  return Object.entries(statedRates(plan, assumptions.rates)).map(([currency, rate]) => ({
    id: `rate-${currency}`,
    name: `${currency} in ${plan.currency}`,
    kind: 'rate',
    unit: 'rate',
    ...spread(rate, [1e-9, Number.POSITIVE_INFINITY]),
    with: (basis, value) => assuming(basis, { rates: { ...basis.assumptions.rates, [currency]: value } }),
  }))
}
