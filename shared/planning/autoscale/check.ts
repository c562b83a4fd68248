import { nearest } from '../../format/nearest.ts'
import type { Autoscaler } from '../../model/autoscaler.ts'
import type { Plan } from '../../model/plan.ts'
import { HeadroomError } from '../../model/problem.ts'

/**
 * Refuses autoscalers that mean nothing.
 * @throws AUTOSCALER_RESOURCE (a metric names no demand of the plan), AUTOSCALER_BOUNDS (minimum above maximum),
 *   AUTOSCALER_ZERO (only KEDA and node pools can go to zero), AUTOSCALER_TWICE (two with one id)
 */
export function checkAutoscalers(plan: Plan, autoscalers: readonly Autoscaler[]): void {
  const resources = plan.demand.map((one) => one.resource)
  const seen = new Set<string>()
  autoscalers.forEach((one, index) => {
    const field = `autoscalers.${index}`
    if (seen.has(one.id))
      throw new HeadroomError({
        code: 'AUTOSCALER_TWICE',
        fact: `Two autoscalers have the id "${one.id}".`,
        fix: 'Give one of them another id.',
        field: `${field}.id`,
        value: one.id,
      })
    seen.add(one.id)
    if (one.min > one.max)
      throw new HeadroomError({
        code: 'AUTOSCALER_BOUNDS',
        fact: `${one.name}: the minimum of ${one.min} is above the maximum of ${one.max}.`,
        fix: 'Lower the minimum, or raise the maximum.',
        field: `${field}.min`,
        value: String(one.min),
      })
    if (one.kind === 'hpa' && one.min === 0)
      throw new HeadroomError({
        code: 'AUTOSCALER_ZERO',
        fact: `${one.name}: a HorizontalPodAutoscaler on use cannot start again from zero, since nothing is left to measure.`,
        fix: 'Use a minimum of 1 or more, or KEDA.',
        field: `${field}.min`,
        value: '0',
      })
    one.metrics.forEach(({ resource }, metric) => {
      if (resources.includes(resource)) return
      const near = nearest(resource, resources)
      throw new HeadroomError({
        code: 'AUTOSCALER_RESOURCE',
        fact: `${one.name}: the plan has no demand "${resource}".`,
        fix: `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${resources.join(', ')}.`,
        field: `${field}.metrics.${metric}.resource`,
        value: resource,
      })
    })
  })
}
