import { setTimeout as pause } from 'node:timers/promises'
import { parseDuration } from '../../../../shared/format/duration.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../shared/playbook/schema.ts'
import { emptyPlan, type PlanContext, type StepHandler } from './step.ts'

const BETWEEN_LOOKS_MS = 2000
/** Four rounds at the usual interval. */
const LONGEST_GAP_MS = 60_000

/** Waits until a measured series has kept to its bounds for the whole time asked for; what was not measured is no pass. */
export const metricCheck: StepHandler<'metric-check'> = {
  async plan(step, context) {
    const hostId = context.values.hostId(step.host)
    seriesOf(step, context, hostId)
    return { ...emptyPlan(), hostIds: [hostId], notes: [`${wanted(step)} on ${context.hostName(hostId)}.`] }
  },
  async run(step, context) {
    const hostId = context.values.hostId(step.host)
    const until = context.environment.elapsed() + parseDuration(step.timeout)
    const forMs = parseDuration(step.for)
    for (;;) {
      context.signal.throwIfAborted()
      const found = await look(step, context, hostId, forMs)
      if (found.held) return { kind: 'done', outcome: `${wanted(step)} on ${context.hostName(hostId)}: ${found.text}.` }
      context.progress(null, found.text)
      if (context.environment.elapsed() >= until)
        throw new HeadroomError({
          code: 'METRIC_CHECK_FAILED',
          fact: `${wanted(step)} did not come about on ${context.hostName(hostId)} within ${step.timeout}: ${found.text}.`,
          fix: 'See the chart of that server for why, then resume the run.',
          field: 'metric',
          value: step.metric,
        })
      await pause(BETWEEN_LOOKS_MS, undefined, { signal: context.signal })
    }
  },
}

function wanted({ metric, below, above, for: held }: StepOf<'metric-check'>): string {
  const bounds = [below === undefined ? null : `below ${below}`, above === undefined ? null : `above ${above}`]
  return `${metric} ${bounds.filter((one) => one !== null).join(' and ')} for ${held}`
}

function seriesOf(step: StepOf<'metric-check'>, { metrics, hostName }: PlanContext, hostId: string) {
  const all = metrics?.series(hostId) ?? []
  const labels = Object.entries(step.labels ?? {})
  const named = all.filter(({ metric }) => metric === step.metric)
  const found = named.filter((one) => labels.every(([key, value]) => one.labels[key] === value))
  if (found.length === 1) return found[0] as (typeof found)[number]
  const known = [...new Set(all.map(({ metric }) => metric))].sort()
  throw new HeadroomError({
    code: found.length === 0 ? 'METRIC_UNKNOWN' : 'METRIC_MANY',
    fact:
      found.length === 0
        ? `No series "${step.metric}"${labels.length > 0 ? ' with these labels' : ''} is measured on ${hostName(hostId)}.`
        : `${found.length} series "${step.metric}" are measured on ${hostName(hostId)}.`,
    fix:
      found.length > 0 || named.length > 0
        ? `State labels: there are ${named.map((one) => JSON.stringify(one.labels)).join(', ')}.`
        : known.length > 0
          ? `Measured are ${known.slice(0, 40).join(', ')}.`
          : 'Let the server be measured first.',
    field: 'metric',
    value: step.metric,
  })
}

async function look(step: StepOf<'metric-check'>, context: PlanContext, hostId: string, forMs: number) {
  const { metrics, environment } = context
  if (!metrics) return { held: false, text: 'nothing is measured here' }
  const { id, metric, labels } = seriesOf(step, context, hostId)
  const now = environment.now()
  const query = { metric, labels, hostId, from: now - forMs * 2 - LONGEST_GAP_MS, to: now }
  const found = await metrics.complete(() => metrics.samples(query))
  const samples = found.find(({ series }) => series.id === id)?.samples ?? []
  const recent = samples.filter(({ at }) => at > now - forMs)
  const last = samples.at(-1)
  if (last === undefined || recent.length === 0) return { held: false, text: 'it is not known: no recent sample' }
  const bad = recent.findLast(({ value }) => !within(step, value))
  if (bad) return { held: false, text: `it was ${bad.value} ${Math.round((now - bad.at) / 1000)} s ago` }
  // The time asked for has to be covered from its beginning, without a gap in which nothing was measured.
  const covering = samples.slice(
    Math.max(
      0,
      samples.findLastIndex(({ at }) => at <= now - forMs),
    ),
  )
  const gap = [...covering.map(({ at }) => at), now].some(
    (at, index, all) => at - (all[index - 1] ?? at) > LONGEST_GAP_MS,
  )
  if (gap) return { held: false, text: `it is ${last.value}, but was not measured all the time` }
  return (covering[0]?.at ?? now) <= now - forMs
    ? { held: true, text: `last ${last.value}` }
    : { held: false, text: `it is ${last.value}, known for ${Math.round((now - (samples[0]?.at ?? now)) / 1000)} s` }
}

const within = ({ below, above }: StepOf<'metric-check'>, value: number): boolean =>
  (below === undefined || value < below) && (above === undefined || value > above)
