import type { Plan } from '../../../shared/model/plan.ts'
import type { PriceOf } from '../../../shared/planning/cost.ts'
import { conditionsOf, type Reference, reference } from '../../../shared/planning/reference.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Metrics } from '../metrics/index.ts'
import { measuredSeries } from './measured-series.ts'

interface Source {
  plan: Plan
  now: number
  metrics: Pick<Metrics, 'samples' | 'latest' | 'everyMs'>
  hosts: ReturnType<Hosts['list']>
  priceOf: PriceOf
}

/** The reference parts of the plan on the stored samples, as far back as the longest of their conditions asks. */
export function referenceToday({ plan, now, metrics, hosts, priceOf }: Source): Reference {
  const longestMs = Math.max(0, ...conditionsOf(plan).map((one) => one.sustainMs))
  return reference(
    plan,
    {
      now,
      expectedIntervalMs: metrics.everyMs(),
      drivers: plan.drivers,
      needs: plan.needs,
      series: measuredSeries({ plan, now, metrics, hosts, longestMs }),
    },
    priceOf,
  )
}
