import { formatDuration, formatHeld } from '../format/duration.ts'
import { formatApart, formatQuantity, type QuantityUnit } from '../format/quantity.ts'
import { usualInterval } from '../metrics/usual-interval.ts'
import type { Comparison, Condition } from '../model/condition.ts'
import type { Labels, Sample, Unit } from '../model/metric.ts'
import type { Plan } from '../model/plan.ts'
import type { Judgement } from '../model/verdict.ts'
import { type DerivedCondition, type DerivedOf, derivedFact, derivedLimit, derivedWords } from './derived.ts'
import {
  COVERAGE_NEEDED,
  compare,
  judgedAt,
  judgeSeries,
  judgeToKeep,
  type KeptJudgement,
  type SeriesJudgement,
} from './judge-series.ts'
import { seriesWords, unitOfMetric } from './metric-words.ts'
import { needValueWords, needWords } from './need-words.ts'

/** One measured series of one host, its samples ordered by time. */
export interface MeasuredSeries {
  hostId: string
  hostName: string
  metric: string
  labels: Labels
  unit: Unit
  readonly samples: readonly Sample[]
  /** What was found of these very samples before; judging adds to it. Whoever gives it drops it when a sample changes. */
  readonly kept?: Map<string, KeptJudgement>
}

/** What conditions are judged on. Times are epoch milliseconds. */
export interface Evidence {
  now: number
  /** How far apart samples are at the least; each series is judged by its own interval (usualInterval). */
  expectedIntervalMs: number
  drivers: Plan['drivers']
  needs: Plan['needs']
  /** What is computed from the plan for the stage that is judged. */
  derived?: DerivedOf
  /** Every series of a metric that carries the labels, on any host. */
  series(metric: string, labels: Labels | undefined): readonly MeasuredSeries[]
}

/**
 * The judged part of a Judgement; `fact`, what was seen, as the beginning of a sentence without its full stop; and `seen`,
 * whether any metric of the condition had a value fresh enough to tell of now.
 */
export type Judged = Pick<
  Judgement,
  | 'state'
  | 'condition'
  | 'why'
  | 'subject'
  | 'op'
  | 'threshold'
  | 'observed'
  | 'observedAt'
  | 'unit'
  | 'sustainMs'
  | 'heldMs'
  | 'coverage'
  | 'window'
  | 'series'
> & { fact: string; seen: boolean }

const OP_WORDS: Readonly<Record<Comparison, string>> = {
  '>': 'above',
  '>=': 'at or above',
  '<': 'below',
  '<=': 'at or below',
}

/** Which state decides a combination: the first of these that any part has. */
const ANY_ORDER = ['fired', 'unknown', 'pending', 'clear'] as const
const ALL_ORDER = ['clear', 'unknown', 'pending', 'fired'] as const

/**
 * Judges a condition that must hold for `sustainMs`. Metrics are judged on samples (see judgeSeries); a driver and a need
 * are what the operator states today and a derived value follows from the plan, so they hold at once or not at all.
 */
export function judge(condition: Condition, sustainMs: number, evidence: Evidence): Judged {
  if ('all' in condition) return combine('all', condition.all, sustainMs, evidence)
  if ('any' in condition) return combine('any', condition.any, sustainMs, evidence)
  if ('metric' in condition) return judgeMetric(condition, sustainMs, evidence)
  if ('driver' in condition) return judgeDriver(condition, evidence)
  if ('derived' in condition) return judgeDerived(condition, evidence)
  return judgeNeed(condition, evidence)
}

type PlanWords = Pick<Plan, 'drivers'> & Partial<Pick<Plan, 'currency'>>

/** The condition in words: "CPU > 80% for 5 min". */
export function conditionWords(condition: Condition, sustainMs: number, plan: PlanWords): string {
  const held =
    sustainMs > 0 && leaves(condition).some((one) => 'metric' in one) ? ` for ${formatDuration(sustainMs)}` : ''
  return `${bare(condition, plan)}${held}`
}

function bare(condition: Condition, plan: PlanWords): string {
  if ('all' in condition) return condition.all.map((one) => nested(one, plan)).join(' and ')
  if ('any' in condition) return condition.any.map((one) => nested(one, plan)).join(' or ')
  if ('metric' in condition) {
    const every = condition.across === 'all' ? ' on every one' : ''
    const value = formatQuantity(condition.value, unitOfMetric(condition.metric))
    return `${seriesWords(condition.metric, condition.labels ?? {})} ${condition.op} ${value}${every}`
  }
  if ('driver' in condition) {
    const name = plan.drivers.find((driver) => driver.id === condition.driver)?.name ?? condition.driver
    return `${name} ${condition.op} ${formatQuantity(condition.value, 'count')}`
  }
  if ('derived' in condition) return derivedWords(condition, plan.currency)
  const need = needWords(condition.need)
  return condition.op === undefined || condition.value === undefined
    ? `${need}: yes`
    : `${need} ${condition.op} ${needValueWords(condition.need, condition.value)}`
}

const nested = (condition: Condition, plan: PlanWords): string =>
  'all' in condition || 'any' in condition ? `(${bare(condition, plan)})` : bare(condition, plan)

/** The metric, driver, need and derived conditions that a condition is made of. */
export function leaves(condition: Condition): Exclude<Condition, { all: Condition[] } | { any: Condition[] }>[] {
  if ('all' in condition) return condition.all.flatMap(leaves)
  if ('any' in condition) return condition.any.flatMap(leaves)
  return [condition]
}

function combine(kind: 'all' | 'any', conditions: readonly Condition[], sustainMs: number, evidence: Evidence): Judged {
  const parts = conditions.map((one) => judge(one, sustainMs, evidence))
  const order = kind === 'all' ? ALL_ORDER : ANY_ORDER
  const state = order.find((one) => parts.some((part) => part.state === one)) ?? 'unknown'
  const deciding = parts.filter((part) => part.state === state)
  const lead = deciding[0] as Judged
  const condition = kind === 'all' ? { all: [...conditions] } : { any: [...conditions] }
  return {
    ...lead,
    state,
    condition: conditionWords(condition, sustainMs, evidence),
    fact: deciding.map((part) => part.fact).join('; '),
    why: [...new Set(deciding.map((part) => part.why))]
      .map((why, index) => (index === 0 ? why : why.charAt(0).toUpperCase() + why.slice(1)))
      .join(' '),
    series: parts.flatMap((part) => part.series),
    seen: parts.some((part) => part.seen),
  }
}

/** A condition on a metric, as opposed to one on what is stated or follows from the plan. */
export type MetricCondition = Extract<Condition, { metric: string }>

function judgeMetric(condition: MetricCondition, sustainMs: number, evidence: Evidence): Judged {
  const { metric, op, value: threshold } = condition
  const { now } = evidence
  const all = evidence.series(metric, condition.labels)
  const judged = all.map((series) => ({ series, ...judgeOne(series, condition, sustainMs, evidence) }))
  const order = condition.across === 'all' ? ALL_ORDER : ANY_ORDER
  const state = order.find((one) => judged.some((each) => each.state === one)) ?? 'unknown'
  // Of the series in the deciding state, the one that is worst off speaks.
  const worse = op === '>' || op === '>=' ? 1 : -1
  const seen = judged.filter((each) => each.state === state)
  const worstFirst = (a: JudgedOne, b: JudgedOne) => worse * ((b.observed ?? 0) - (a.observed ?? 0))
  const lead = seen.sort(worstFirst)[0]
  const unit = lead?.series.unit ?? unitOfMetric(metric)
  const silent = judged.filter((each) => each.state === 'unknown')
  return {
    state,
    condition: conditionWords(condition, sustainMs, evidence),
    ...metricEvidence(metric, lead, silent, condition, sustainMs, evidence),
    subject: metric,
    op,
    threshold,
    observed: lead?.observed ?? null,
    observedAt: lead?.observedAt ?? null,
    unit,
    sustainMs,
    heldMs: lead?.heldMs ?? null,
    coverage: lead?.coverage ?? null,
    window: { from: now - sustainMs, to: now },
    seen: judged.some((each) => each.heldMs !== null),
    series: [...seen, ...judged.filter((each) => each.state !== state).sort(worstFirst)].map((each) => ({
      hostId: each.series.hostId,
      hostName: each.series.hostName,
      metric,
      labels: each.series.labels,
      observed: each.observed,
      observedAt: each.observedAt,
    })),
  }
}

/** One series against a condition on its metric, from what was kept of it where that still says the same. */
export function judgeOne(
  series: MeasuredSeries,
  { op, value }: MetricCondition,
  sustainMs: number,
  evidence: Pick<Evidence, 'now' | 'expectedIntervalMs'>,
): SeriesJudgement {
  const { now, expectedIntervalMs } = evidence
  const key = `${op} ${value} ${sustainMs} ${expectedIntervalMs}`
  const known = series.kept?.get(key)
  if (known && known.newestAt <= now) return judgedAt(known, now)
  const { samples } = series
  const intervalMs = intervalOf(samples, evidence)
  if ((samples.at(-1)?.at ?? 0) > now) return judgeSeries(samples, op, value, sustainMs, now, intervalMs)
  const found = judgeToKeep(samples, op, value, sustainMs, intervalMs)
  series.kept?.set(key, found)
  return judgedAt(found, now)
}

function intervalOf(
  samples: readonly Sample[],
  { now, expectedIntervalMs }: Pick<Evidence, 'now' | 'expectedIntervalMs'>,
): number {
  const past = (samples.at(-1)?.at ?? 0) > now ? samples.filter(({ at }) => at <= now) : samples
  return usualInterval(past, expectedIntervalMs)
}

type JudgedOne = SeriesJudgement & { series: MeasuredSeries }

/** So many series without data are named each. */
const SILENT_TOLD = 5

function metricEvidence(
  metric: string,
  lead: JudgedOne | undefined,
  silent: readonly JudgedOne[],
  condition: MetricCondition,
  sustainMs: number,
  evidence: Evidence,
): { fact: string; why: string } {
  if (!lead) {
    const words = `no data for ${seriesWords(metric, condition.labels ?? {})}`
    return { fact: words, why: `${words}.` }
  }
  const name = `${seriesWords(metric, lead.series.labels)} on ${lead.series.hostName}`
  if (lead.state === 'unknown') {
    const whys = silent.slice(0, SILENT_TOLD).map((each) => silence(metric, each, sustainMs, evidence))
    const left = silent.length - whys.length
    return { fact: whys[0] ?? '', why: `${whys.join('; ')}${left > 0 ? `; ${left} more like these` : ''}.` }
  }
  const [value, limit] = formatApart(lead.observed as number, condition.value, lead.series.unit)
  const held = lead.heldMs ?? 0
  const side = OP_WORDS[condition.op]
  if (lead.state === 'clear') return { fact: `${name} is ${value}`, why: `${name} is ${value}, not ${side} ${limit}.` }
  const since = held > 0 ? ` for ${formatHeld(held)}` : ''
  if (lead.state === 'fired')
    return { fact: `${name} is ${value}${since}`, why: `${name} is ${value}, ${side} ${limit}${since}.` }
  return {
    fact: `${name} is ${value}${since}`,
    why: `${name} is ${value}, ${side} ${limit} for ${formatHeld(held)} of the ${formatDuration(sustainMs)} asked.`,
  }
}

/** Why a series cannot be judged. */
function silence(metric: string, each: JudgedOne, sustainMs: number, evidence: Evidence): string {
  const name = `${seriesWords(metric, each.series.labels)} on ${each.series.hostName}`
  if (each.observedAt === null) return `no data for ${name}`
  if (each.heldMs === null) return `no data for ${name} in the last ${formatDuration(evidence.now - each.observedAt)}`
  const covered = formatQuantity(each.coverage, 'ratio', { digits: 0 })
  const needed = formatQuantity(COVERAGE_NEEDED, 'ratio')
  return `data for ${name} covers ${covered} of the last ${formatDuration(sustainMs)}; ${needed} is needed`
}

const stated = (subject: string, observed: number | null): Omit<Judged, 'state' | 'condition' | 'why' | 'fact'> => ({
  subject,
  op: null,
  threshold: null,
  observed,
  observedAt: null,
  unit: 'count' satisfies QuantityUnit,
  sustainMs: 0,
  heldMs: null,
  coverage: null,
  window: null,
  series: [],
  seen: false,
})

function judgeDriver(condition: Extract<Condition, { driver: string }>, evidence: Evidence): Judged {
  const driver = evidence.drivers.find((one) => one.id === condition.driver)
  const words = conditionWords(condition, 0, evidence)
  const base = { ...stated(condition.driver, driver?.present ?? null), op: condition.op, threshold: condition.value }
  if (!driver) {
    const fact = `no data for the driver ${condition.driver}`
    return { ...base, state: 'unknown', condition: words, fact, why: `${fact}.` }
  }
  const [value, limit] = formatApart(driver.present, condition.value, 'count')
  const holds = compare(driver.present, condition.op, condition.value)
  const fact = `${driver.name}: ${value} stated`
  const why = `${fact}, ${holds ? '' : 'not '}${OP_WORDS[condition.op]} ${limit}.`
  return { ...base, state: holds ? 'fired' : 'clear', condition: words, fact, why }
}

function judgeNeed(condition: Extract<Condition, { need: string }>, evidence: Evidence): Judged {
  const value = evidence.needs[condition.need]
  const words = conditionWords(condition, 0, evidence)
  const base = {
    ...stated(condition.need, value === undefined ? null : Number(value)),
    op: condition.op ?? null,
    threshold: condition.value ?? null,
  }
  if (value === undefined) {
    const fact = `no data for the need "${needWords(condition.need)}": it is not stated`
    return { ...base, state: 'unknown', condition: words, fact, why: `${fact}.` }
  }
  const holds =
    condition.op === undefined || condition.value === undefined
      ? Boolean(value)
      : compare(Number(value), condition.op, condition.value)
  const said = typeof value === 'boolean' ? (value ? 'yes' : 'no') : needValueWords(condition.need, value)
  const fact = `${needWords(condition.need)}: ${said}, as stated`
  return { ...base, state: holds ? 'fired' : 'clear', condition: words, fact, why: `${fact}.` }
}

function judgeDerived(condition: DerivedCondition, evidence: Evidence): Judged {
  const observed = evidence.derived?.(condition.derived)
  const limit = derivedLimit(condition, evidence.needs)
  const base = {
    ...stated(condition.derived, observed?.value ?? null),
    condition: conditionWords(condition, 0, { ...evidence, currency: observed?.currency }),
    unit: condition.derived === 'availability' ? 'ratio' : (observed?.currency ?? 'count'),
    op: condition.op,
    threshold: typeof limit === 'number' ? limit : null,
  }
  if (typeof limit === 'string') return { ...base, state: 'unknown', fact: limit, why: `${limit}.` }
  if (observed?.value == null) {
    const fact = (observed?.unknown ?? `no data for ${condition.derived}`).replace(/\.$/, '')
    return { ...base, state: 'unknown', fact, why: `${fact}.` }
  }
  const state = compare(observed.value, condition.op, limit) ? 'fired' : 'clear'
  return { ...base, state, ...derivedFact(condition, limit, observed) }
}
