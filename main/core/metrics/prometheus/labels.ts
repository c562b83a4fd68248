import type { PromqlSource } from '../../../../shared/metrics/promql.ts'
import type { Labels } from '../../../../shared/model/metric.ts'

/** Our labels of a result series: those that the metric has, and no other. */
export function labelsOf({ labels, fixed }: PromqlSource, given: Labels): Labels {
  const own = Object.entries(labels).flatMap(([ours, theirs]) => {
    const value = given[theirs]
    return value === undefined ? [] : [[ours, value] as const]
  })
  return { ...fixed, ...Object.fromEntries(own) }
}
