import { grafanaDashboard } from '../../../shared/metrics/export/dashboard.ts'
import { loggingFiles } from '../../../shared/metrics/export/logging.ts'
import { prometheusRules } from '../../../shared/metrics/export/rules.ts'
import { PROMQL, sourcesWith } from '../../../shared/metrics/promql.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { type CoreContext, os } from './base.ts'

/** The usual label where no server is set. */
const HOST_LABEL = 'instance'

export const prometheusRouter = os.prometheus.router({
  settings: os.prometheus.settings.handler(async ({ context }) => ({
    ...context.metrics.prometheus.settings(),
    hasSecret: await context.metrics.prometheus.hasSecret(),
    sources: PROMQL.map(({ metric, exporter, expr }) => ({ metric, exporter, expr })),
  })),
  save: os.prometheus.save.handler(async ({ context, input }) => {
    await context.metrics.prometheus.save(input.settings, input.secret)
    return {}
  }),
  check: os.prometheus.check.handler(({ context, input }) =>
    context.metrics.prometheus.check(input.settings, input.secret),
  ),
  status: os.prometheus.status.handler(({ context }) => ({
    engine: context.metrics.prometheus.isEngine() ? 'prometheus' : 'local',
    ...context.metrics.prometheus.source.status(),
  })),
  rules: os.prometheus.rules.handler(({ context }) => {
    const plan = planOf(context)
    const { hostLabel, ...terms } = termsOf(context)
    return { fileName: `headroom-${plan.id}-rules.yaml`, ...prometheusRules(plan, { ...terms, host: hostLabel }) }
  }),
  dashboard: os.prometheus.dashboard.handler(({ context }) => {
    const plan = planOf(context)
    return { fileName: `headroom-${plan.id}-dashboard.json`, text: grafanaDashboard(plan, termsOf(context)) }
  }),
  logging: os.prometheus.logging.handler(({ context }) => ({ files: loggingFiles(planOf(context)) })),
})

function termsOf({ metrics }: CoreContext) {
  const { server, expressions } = metrics.prometheus.settings()
  return {
    sources: sourcesWith(expressions),
    hostLabel: server?.hostLabel ?? HOST_LABEL,
    where: server?.where ?? '',
  }
}

function planOf({ plans }: CoreContext): Plan {
  const current = plans.current()
  if (current) return current.plan
  throw new HeadroomError({
    code: 'NO_PLAN',
    fact: 'The workspace has no plan yet, so that there are no rules to write.',
    fix: 'Choose a blueprint in Plan, or import a plan from a YAML file.',
  })
}
