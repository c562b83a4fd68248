import { formatApart, formatQuantity, type QuantityUnit } from '../../format/quantity.ts'
import type { AdditionInput, AdditionRow } from '../../model/addition.ts'
import type { Condition } from '../../model/condition.ts'
import type { Plan } from '../../model/plan.ts'
import type { Stage } from '../../model/stage.ts'
import { conditionWords, judge, leaves } from '../judge.ts'
import { unitOfMetric } from '../metric-words.ts'
import { largestSupply } from '../supply.ts'
import type { Projection } from './projection.ts'

/** Further than this many times of what was asked nobody looks. */
const FURTHEST = 100

type Look = Pick<AdditionRow, 'id' | 'origin' | 'name' | 'severity' | 'action' | 'playbook'> & { condition: Condition }

/** The rules of the stage that what is to come has a part in, and what the plan does not say how it grows. */
export function rowsOf(
  plan: Plan,
  stage: Stage,
  input: AdditionInput,
  projection: Projection,
): { rows: AdditionRow[]; unknown: string[] } {
  const added = new Set(Object.keys(input.add))
  const unknown: string[] = []
  const looks: Look[] = [...limitsOf(stage), ...capacitiesOf(stage, added), ...triggersOf(stage)]
  const rows: AdditionRow[] = []
  for (const look of looks) {
    const parts = leaves(look.condition)
    const moved = parts.some(
      (part) => ('metric' in part && projection.isMoved(part.metric)) || ('driver' in part && added.has(part.driver)),
    )
    const isOver = (times: number): boolean => judge(look.condition, 0, projection.evidence(times)).state === 'fired'
    // A rule that waits for what is to come, and holds on what is measured today, speaks too.
    const asks = parts.some((part) => 'need' in part && part.need === 'onboarding')
    if (!moved && !asks) {
      const metrics = parts.flatMap((part) => ('metric' in part ? [part.metric] : []))
      if (look.origin === 'limit' && metrics.length > 0)
        unknown.push(
          `${look.name}: the plan does not say how it goes along with what is to come. Test it under load before they come.`,
        )
      continue
    }
    rows.push(rowOf(look, plan, input, projection, isOver))
  }
  for (const demand of suppliesOf(plan, stage, added, rows, projection)) rows.push(demand)
  return { rows: rows.sort(byRoom(input)), unknown: [...new Set(unknown)] }

  function suppliesOf(...given: Parameters<typeof supplyRows>) {
    return supplyRows(...given).map((row) => withRoom(row.row, input, row.isOver))
  }
}

function limitsOf(stage: Stage): Look[] {
  return stage.limits.flatMap((limit) =>
    (['critical', 'warning'] as const).flatMap((severity): Look[] => {
      const value = limit[severity]
      if (value === undefined || limit.op.startsWith('<')) return []
      const { metric, labels, op, name, action } = limit
      return [
        {
          ...{ id: `${limit.id}-${severity}`, origin: 'limit', name, severity, action },
          ...{ playbook: limit.playbook ?? null, condition: { metric, labels, op, value } },
        },
      ]
    }),
  )
}

const capacitiesOf = (stage: Stage, added: ReadonlySet<string>): Look[] =>
  stage.capacity.flatMap(({ driver, max, note }): Look[] =>
    max === null || !added.has(driver)
      ? []
      : [
          {
            ...{ id: `capacity-${driver}`, origin: 'capacity', name: `Stated capacity of ${stage.name}` },
            ...{ severity: 'critical', action: note ?? null, playbook: null },
            condition: { driver, op: '>', value: max },
          },
        ],
  )

const triggersOf = (stage: Stage): Look[] =>
  stage.triggers.flatMap(({ id, name, direction, when, action }): Look[] =>
    direction === 'down'
      ? []
      : [
          {
            id,
            origin: 'trigger',
            name,
            severity: 'critical',
            action: action ?? null,
            playbook: null,
            condition: when,
          },
        ],
  )

function rowOf(
  look: Look,
  plan: Plan,
  input: AdditionInput,
  projection: Projection,
  isOver: (times: number) => boolean,
): AdditionRow {
  const { condition, ...identity } = look
  const [before, after] = [0, 1].map((times) => judge(condition, 0, projection.evidence(times)))
  const single = 'metric' in condition || 'driver' in condition
  const source = 'metric' in condition ? (projection.levels(condition.metric, condition.labels)[0] ?? null) : null
  const now = single ? (before?.observed ?? null) : null
  const planned = single ? (after?.observed ?? null) : null
  const [first = 0] = Object.values(input.add)
  const row: AdditionRow = {
    ...identity,
    condition: conditionWords(condition, 0, plan),
    basis: 'driver' in condition ? 'stated' : basisOf(condition, projection),
    unit: single ? ('metric' in condition ? unitOfMetric(condition.metric) : unitOfDriver(condition, plan)) : null,
    threshold: 'value' in condition && single ? (condition.value ?? null) : null,
    ...{ now, planned, source },
    perUnit: now === null || planned === null ? null : (planned - now) / first,
    ...{ state: 'inside', room: null, why: after === undefined ? '' : `With them: ${after.why}` },
  }
  if (single && row.now !== null && row.planned !== null && row.threshold !== null)
    row.why = whyOf(row as AdditionRow & { now: number; planned: number; threshold: number })
  return withRoom(row, input, isOver)
}

function basisOf(condition: Condition, projection: Projection): AdditionRow['basis'] {
  const metrics = leaves(condition).flatMap((part) => ('metric' in part ? [part] : []))
  if (metrics.length === 0) return 'stated'
  return metrics.some((part) => projection.levels(part.metric, part.labels).length > 0) ? 'measured' : 'assumed'
}

const unitOfDriver = (condition: Condition, plan: Plan): string | null =>
  'driver' in condition ? (plan.drivers.find((one) => one.id === condition.driver)?.unit ?? null) : null

const QUANTITIES = new Set([
  'ratio',
  'bytes',
  'bytes_per_second',
  'count',
  'seconds',
  'milliseconds',
  'per_second',
  'load',
  'cores',
  'connections',
]) // prettier-ignore

/** "Memory goes from 61% to 78%, with the warning at 75%." */
function whyOf(row: AdditionRow & { now: number; planned: number; threshold: number }): string {
  const unit = row.unit ?? 'count'
  const plain = !QUANTITIES.has(unit)
  const quantity: QuantityUnit = plain ? 'count' : (unit as QuantityUnit)
  const [planned, limit] = formatApart(row.planned, row.threshold, quantity)
  const words = plain ? ` ${unit}` : ''
  const [now, limited] = [formatQuantity(row.now, quantity), `${limit}${words}`]
  if (row.origin === 'capacity') return `${row.name}: ${then(planned)} are asked for; it carries up to ${limited}.`
  if (row.origin === 'trigger') return `${row.name}: from ${now} to ${then(planned)}; the trigger is at ${limited}.`
  return `${row.name} goes from ${now} to ${then(planned)}; the ${row.severity} limit is ${limited}.`

  function then(value: string): string {
    return `${value}${words}`
  }
}

/** Demands whose stage states a supply and no critical limit that watches it. */
function supplyRows(
  plan: Plan,
  stage: Stage,
  added: ReadonlySet<string>,
  rows: readonly AdditionRow[],
  projection: Projection,
): { row: AdditionRow; isOver: (times: number) => boolean }[] {
  const watched = new Set(
    rows.flatMap((row) =>
      row.origin === 'limit' && row.severity === 'critical' && row.source ? [row.source.metric] : [],
    ),
  )
  const resources = [...new Set(plan.demand.filter((one) => added.has(one.driver)).map((one) => one.resource))]
  return resources.flatMap((resource) => {
    const supply = largestSupply(stage, resource)
    const demand = plan.demand.find((one) => one.resource === resource)
    const [now, planned] = [projection.demand(resource, 0), projection.demand(resource, 1)]
    if (supply === null || !demand || !now || !planned || (demand.metric && watched.has(demand.metric))) return []
    const source = demand.metric ? (projection.levels(demand.metric)[0] ?? null) : null
    const row: AdditionRow = {
      ...{ id: `supply-${resource}`, origin: 'supply', name: demand.name, severity: 'critical', basis: planned.basis },
      ...{ condition: `${demand.name} > ${formatQuantity(supply, demand.unit)}`, unit: demand.unit, threshold: supply },
      ...{ now: now.value, planned: planned.value, perUnit: null, state: 'inside', room: null, source },
      why: `${demand.name} goes from ${formatQuantity(now.value, demand.unit)} to ${formatQuantity(planned.value, demand.unit)}; ${stage.name} has ${formatQuantity(supply, demand.unit)}.`,
      ...{ action: null, playbook: null },
    }
    return [{ row, isOver: (times: number) => (projection.demand(resource, times)?.value ?? 0) > supply }]
  })
}

/** Fills in whether a row is over, and how many go in before it is. */
function withRoom(row: AdditionRow, input: AdditionInput, isOver: (times: number) => boolean): AdditionRow {
  const state = isOver(0) ? 'over-now' : isOver(1) ? 'over' : 'inside'
  const times = state === 'over-now' ? 0 : lastInside(isOver)
  return {
    ...row,
    state,
    room:
      times === null
        ? null
        : Object.fromEntries(Object.entries(input.add).map(([id, amount]) => [id, within(times, amount, isOver)])),
  }
}

/** Whole units where whole ones were asked for; what bisection leaves a hair under a whole number is that number. */
function within(times: number, asked: number, isOver: (times: number) => boolean): number {
  if (!Number.isInteger(asked)) return times * asked
  const whole = Math.floor(times * asked + 1e-9 * Math.max(1, asked))
  return whole > 0 && isOver(whole / asked) ? whole - 1 : whole
}

/** The largest multiple of what was asked that is still inside, or null. A rule may hold in between only, so steps come first. */
function lastInside(isOver: (times: number) => boolean): number | null {
  let low = 0
  let high = 1 / 64
  while (!isOver(high)) {
    if (high >= FURTHEST) return null
    low = high
    high = Math.min(FURTHEST, high * 1.25)
  }
  for (let i = 0; i < 48; i += 1) {
    const middle = (low + high) / 2
    if (isOver(middle)) high = middle
    else low = middle
  }
  return low
}

/** What is over first comes first; of two at the same place the graver one. */
function byRoom({ add }: AdditionInput) {
  const [id = ''] = Object.keys(add)
  const at = (row: AdditionRow) => row.room?.[id] ?? Number.POSITIVE_INFINITY
  const rank = (row: AdditionRow) => (row.severity === 'critical' ? 0 : 1)
  return (a: AdditionRow, b: AdditionRow): number =>
    at(a) === at(b) ? rank(a) - rank(b) || (a.id < b.id ? -1 : 1) : at(a) - at(b)
}
