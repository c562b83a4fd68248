import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { DAY_MS } from '../../../shared/format/duration.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Simulation } from '../../../shared/model/scenario.ts'
import { dateAfter } from '../../../shared/planning/roadmap.ts'
import { now } from '../../app/clock.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { planAssumptions } from '../what-if/assumptions.ts'

const HORIZON_MONTHS = 60
const DRAFT_PATHS = 2_000

/** When the plan's growth leads to a stage: P10 and P90 in epoch ms; null where it lies beyond what is simulated. */
export interface Arrival {
  earliest: number
  latest: number | null
}

/** When growth alone is expected to lead to the stage above the present one; null while that is counted, or when never. */
export function useNextArrival(plan: Plan, revision: number, stage: string | undefined): Arrival | null {
  const utils = useQueryUtils()
  const [start] = useState(() => Math.floor(now() / DAY_MS) * DAY_MS)
  const options = utils.plan.simulate.queryOptions({
    input: { ...planAssumptions(plan), months: HORIZON_MONTHS, paths: DRAFT_PATHS },
  })
  const query = useQuery({
    ...options,
    queryKey: [...options.queryKey, revision] as unknown as typeof options.queryKey,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: stage !== undefined,
  })
  return stage === undefined || !query.data ? null : arrivalOf(query.data, plan.stage, stage, start)
}

/** The first trigger of the present stage that leads to the next one, by the middle of its paths. */
export function arrivalOf(
  { triggers }: Pick<Simulation, 'triggers'>,
  present: string,
  next: string,
  start: number,
): Arrival | null {
  const leading = triggers
    .filter((one) => one.stage === present && (one.to === next || one.to === null) && one.month.p10 !== null)
    .sort((a, b) => (a.month.p50 ?? Number.POSITIVE_INFINITY) - (b.month.p50 ?? Number.POSITIVE_INFINITY))[0]
  if (!leading || leading.month.p10 === null) return null
  const at = (months: number) => dateAfter(start, months)
  return { earliest: at(leading.month.p10), latest: leading.month.p90 === null ? null : at(leading.month.p90) }
}
