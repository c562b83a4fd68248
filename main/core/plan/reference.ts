import type { Plan } from '../../../shared/model/plan.ts'
import type { PriceOf } from '../../../shared/planning/cost.ts'
import { conditionsOf, type Reference, reference } from '../../../shared/planning/reference.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Judging } from './measured-series.ts'

interface Source {
  plan: Plan
  now: number
  judging: Pick<Judging, 'series'>
  everyMs: number
  hosts: ReturnType<Hosts['list']>
  priceOf: PriceOf
}

/** The reference parts of the plan on the stored samples, as far back as the longest of their conditions asks. */
export function referenceToday({ plan, now, judging, everyMs, hosts, priceOf }: Source): Reference {
  return reference(
    plan,
    {
      now,
      expectedIntervalMs: everyMs,
      drivers: plan.drivers,
      needs: plan.needs,
      series: judging.series({ now, hosts, conditions: conditionsOf(plan) }),
    },
    priceOf,
  )
}
