import type { StageCost } from '../../contract/contract.ts'
import { nearest } from '../../format/nearest.ts'
import { formatMoney, formatQuantity } from '../../format/quantity.ts'
import type { AdditionCheck, AdditionInput, AdditionRow, Level } from '../../model/addition.ts'
import type { FleetRunway } from '../../model/forecast.ts'
import type { Plan } from '../../model/plan.ts'
import { HeadroomError } from '../../model/problem.ts'
import type { Stage } from '../../model/stage.ts'
import { presentIndex } from '../rules.ts'
import { dateWords } from '../verdict-ahead.ts'
import { beforeTheyCome } from './before-they-come.ts'
import { project } from './projection.ts'
import { rowsOf } from './rows.ts'
import { costOf, stageThatCarries } from './stage-that-carries.ts'

export interface AdditionGiven {
  plan: Plan
  input: AdditionInput
  levels: readonly Level[]
  now: number
  /** Costs of the stages with the drivers at these values. */
  costsAt(drivers: Readonly<Record<string, number>>): StageCost[]
  runways?: readonly FleetRunway[]
}

/**
 * Whether the present stage takes on what is to come, what is over first and at how many, what to do before, and which stage
 * carries it at what cost.
 * @throws UNKNOWN_DRIVER, ADDITION_DATE
 */
export function checkAddition(given: AdditionGiven): AdditionCheck {
  const { plan, input, levels, now, costsAt } = given
  checkInput(plan, input, now)
  const index = presentIndex(plan)
  const stage = plan.stages[index] as Stage
  const projection = project({ plan, stage, input, levels, now })
  const { rows, unknown } = rowsOf(plan, stage, input, projection)
  const over = rows.filter((row) => row.state !== 'inside')
  const stopping = over.filter((row) => row.severity === 'critical')
  const answer: AdditionCheck['answer'] =
    rows.length === 0 ? 'unknown' : stopping.length > 0 ? 'does-not-fit' : over.length > 0 ? 'tight' : 'fits'
  const [grown, planned] = [projection.drivers(0), projection.drivers(1)]
  const costsThen = costsAt(planned)
  const { stage: target, tooSmall } = stageThatCarries(plan, index, projection, answer === 'fits' || answer === 'tight')
  const binds = rows.find((row) => row.room !== null) ?? null
  const check: Omit<AdditionCheck, 'headline' | 'reasons'> = {
    ...{ at: now, by: input.at, answer, rows, binds, tooSmall },
    unknown: [...unknown, ...shortWords(rows)],
    drivers: plan.drivers.flatMap(({ id, name, unit, present }) =>
      input.add[id] === undefined && grown[id] === present
        ? []
        : [
            {
              id,
              name,
              unit,
              present,
              grown: grown[id] ?? present,
              added: input.add[id] ?? 0,
              planned: planned[id] ?? present,
            },
          ],
    ),
    first: beforeTheyCome(plan, over, projection),
    present: {
      id: stage.id,
      name: stage.name,
      now: costOf(costsAt({}), stage.id),
      planned: costOf(costsThen, stage.id),
    },
    stage: target && {
      ...{ id: target.id, name: target.name, isPresent: target === stage, cost: costOf(costsThen, target.id) },
      downtimeMinutes: target === stage ? null : (target.downtimeMinutes ?? null),
      months: target === stage ? null : (target.durationMonths ?? null),
    },
  }
  return { ...check, headline: headlineOf(plan, input, check), reasons: reasonsOf(given, check) }
}

/** What was measured for less than half of its window, which may have missed the busiest hours. */
function shortWords(rows: readonly AdditionRow[]): string[] {
  const short = rows.flatMap(({ name, source }) =>
    source === null || source.coverage >= 0.5
      ? []
      : [
          `${name} on ${source.hostName} was measured for ${formatQuantity(source.coverage, 'ratio')} of the last week, which may not hold its busiest hours.`,
        ],
  )
  return [...new Set(short)]
}

/** @throws UNKNOWN_DRIVER, ADDITION_DATE */
function checkInput(plan: Plan, input: AdditionInput, now: number): void {
  const ids = plan.drivers.map(({ id }) => id)
  const stray = Object.keys(input.add).find((id) => !ids.includes(id))
  if (stray !== undefined) {
    const near = nearest(stray, ids)
    throw new HeadroomError({
      code: 'UNKNOWN_DRIVER',
      fact: `The plan has no driver "${stray}".`,
      fix: `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${ids.join(', ')}.`,
      field: 'add',
      value: stray,
    })
  }
  if (input.at !== null && input.at < now)
    throw new HeadroomError({
      code: 'ADDITION_DATE',
      fact: `${dateWords(input.at)} is past.`,
      fix: 'Give the day by which they come, or none for now.',
      field: 'at',
      value: new Date(input.at).toISOString().slice(0, 10),
    })
}

/** "20 more tenants and 5 more users". */
export function addedWords(plan: Plan, add: Readonly<Record<string, number>>): string {
  return Object.entries(add)
    .map(([id, amount]) => `${formatQuantity(amount, 'count')} more ${unitOf(plan, id, amount)}`)
    .join(' and ')
}

/** "tenants", and "tenant" of one; what is no plain plural, such as requests/s, stays as it is. */
function unitOf(plan: Plan, id: string, amount: number): string {
  const unit = plan.drivers.find((one) => one.id === id)?.unit ?? id
  return amount === 1 && /^[a-z]+[a-rt-z]s$/i.test(unit) ? unit.slice(0, -1) : unit
}

type Checked = Omit<AdditionCheck, 'headline' | 'reasons'>

function headlineOf(plan: Plan, input: AdditionInput, { answer, rows, binds, present, stage }: Checked): string {
  const added = addedWords(plan, input.add)
  const one = Object.values(input.add).every((amount) => amount === 1) && Object.keys(input.add).length === 1
  const [fit, doNot] = one ? ['fits', 'does not fit'] : ['fit', 'do not fit']
  const assumed = rows.every((row) => row.basis !== 'measured') ? "By the plan's assumptions, " : ''
  const first = binds === null ? 'Nothing is over up to a hundred times as many.' : firstWords(plan, binds)
  if (answer === 'unknown')
    return `Whether ${added} ${fit} cannot be told: the plan has no demand, limit or capacity that goes along with it.`
  if (answer === 'fits') return `${assumed}${added} ${fit} on ${present.name}. ${first}`
  if (answer === 'tight') return `${assumed}${added} ${fit} on ${present.name}, over a warning. ${first}`
  const to = stage ? ` Move to ${stage.name} first.` : ' No stage of the plan carries them.'
  return `${assumed}${added} ${doNot} on ${present.name}. ${first}${to}`
}

/** "First over: Memory (warning at 75%), with 7 more tenants." */
function firstWords(plan: Plan, row: AdditionRow): string {
  if (row.state === 'over-now')
    return `Over already${row.basis === 'measured' ? ' in busy hours' : ''}: ${row.name} (${row.condition}).`
  const room = addedWords(plan, row.room ?? {}).replaceAll(/\b0 more\b/g, 'no more')
  return `${row.name} binds first (${row.condition}): room for ${room}.`
}

function reasonsOf({ input, runways = [] }: AdditionGiven, check: Checked): string[] {
  const { rows, drivers, present, stage } = check
  const over = rows.filter((row) => row.state !== 'inside').map((row) => row.why)
  const grown = drivers.filter((one) => one.grown !== one.present)
  const growth = grown.map(
    (one) =>
      `The plan's growth brings ${one.name.toLowerCase()} from ${formatQuantity(one.present, 'count')} to ${formatQuantity(one.grown, 'count')} by then; seasons and events are not counted.`,
  )
  const cost: string[] = []
  if (stage?.cost && !stage.isPresent)
    cost.push(
      `${stage.name} costs ${rangeWords(stage.cost)} a month with them${present.now ? `; ${present.name} costs ${rangeWords(present.now)} now` : ''}.`,
    )
  else if (
    present.now &&
    present.planned &&
    (present.planned.minor !== present.now.minor || present.planned.maxMinor !== present.now.maxMinor)
  )
    cost.push(`${present.name} costs ${rangeWords(present.planned)} a month with them, ${rangeWords(present.now)} now.`)
  const until = input.at
  const ahead =
    until === null
      ? []
      : runways
          .filter(({ runway }) => runway?.kind === 'dated' && runway.earliest <= until)
          .map((one) => `By that day in any case: ${one.words}`)
  return [...new Set([...over, ...growth, ...cost, ...ahead])]
}

function rangeWords({ minor, maxMinor, currency }: NonNullable<AdditionCheck['present']['now']>): string {
  const low = formatMoney({ minor, currency })
  return minor === maxMinor ? low : `${low} to ${formatMoney({ minor: maxMinor, currency })}`
}
