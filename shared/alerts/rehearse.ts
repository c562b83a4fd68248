import type { AlertTest, Standing } from '../model/alert.ts'
import type { Sample } from '../model/metric.ts'
import { compare } from '../planning/judge-series.ts'
import { judgeRun, startOf, worse } from './judge-run.ts'
import type { Together } from './together.ts'

export interface Rehearsed {
  /** `from` is when it fired; `to` is null where it had not cleared by the end. */
  fired: { from: number; to: number | null; worst: number }[]
  unknown: { from: number; to: number }[]
  /** Samples within the time asked. */
  samples: number
}

/** What a rule would have done from `from` to `to` on samples that reach back further by its longest span. */
export function rehearse(
  test: AlertTest,
  samples: readonly Sample[],
  from: number,
  to: number,
  intervalMs: number,
  others?: (at: number) => Together,
): Rehearsed {
  const before: Standing = { ...startOf(from), judgedAt: from - 1 }
  const { changes } = judgeRun(test, samples, before, to, intervalMs, others)
  const fired: Rehearsed['fired'] = []
  const unknown: Rehearsed['unknown'] = []
  let open: { from: number; since: number } | null = null
  let silentFrom: number | null = null
  const close = (end: number, cleared: boolean) => {
    if (open === null) return
    const { from: began, since } = open
    const within = samples.filter(
      ({ at, value }) => at >= since && at <= end && compare(value, test.op, test.threshold),
    )
    const worst = within.reduce((most, { value }) => worse(test.op, most, value), within[0]?.value ?? test.threshold)
    fired.push({ from: began, to: cleared ? end : null, worst })
    open = null
  }
  for (const change of changes) {
    if (silentFrom !== null) {
      unknown.push({ from: silentFrom, to: change.at })
      silentFrom = null
    }
    if (change.kind === 'fired') open = { from: change.at, since: change.from }
    if (change.kind === 'cleared') close(change.at, true)
    if (change.kind === 'unknown') silentFrom = change.at
  }
  close(to, false)
  if (silentFrom !== null) unknown.push({ from: silentFrom, to })
  return { fired, unknown, samples: samples.filter(({ at }) => at >= from && at <= to).length }
}
