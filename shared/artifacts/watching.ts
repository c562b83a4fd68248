import { loggingFiles } from '../metrics/export/logging.ts'
import { prometheusRules } from '../metrics/export/rules.ts'
import type { PromqlSource } from '../metrics/promql.ts'
import type { Making, Outcome } from './made.ts'
import { entry } from './told.ts'

/** What PromQL the rules are written with. */
export interface RuleTerms {
  sources: readonly PromqlSource[]
  hostLabel: string
  where: string
}

/** The stage's limits, triggers and alerts as Prometheus' rules; each rule names its row by its labels `of` and `rule`. */
export function prometheusRuleFile({ plan, stage }: Making, { sources, hostLabel, where }: RuleTerms): Outcome {
  const { text, rules, left } = prometheusRules({ ...plan, stage: stage.id }, { sources, where, host: hostLabel })
  if (rules === 0) return { left: 'None of the limits, triggers and alerts of the stage can be told in PromQL.' }
  const base = entry('', 'stages', stage.id)
  return [
    {
      id: 'prometheus-rules',
      kind: 'prometheus-rules',
      path: 'prometheus/headroom-rules.yaml',
      language: 'yaml',
      text,
      sources: [
        ...stage.limits.map(({ id }) => entry(base, 'limits', id)),
        ...stage.triggers.map(({ id }) => entry(base, 'triggers', id)),
        ...plan.alerts.map(({ id }) => entry('', 'alerts', id)),
      ],
      notes: left.map((reason) => `Left out: ${reason}`),
    },
  ]
}

/** The plan's alerts on logs as Loki's rules. */
export function lokiRuleFile({ plan, stage }: Making): Outcome {
  const alerts = plan.alerts.filter(
    (alert) =>
      alert.language === 'logql' && alert.expr !== undefined && (alert.stage === undefined || alert.stage === stage.id),
  )
  const file = loggingFiles({ ...plan, alerts }).find(({ fileName }) => fileName === 'loki-rules.yaml')
  if (alerts.length === 0 || !file) return { left: 'The plan has no alert on logs (language: logql).' }
  return [
    {
      id: 'loki-rules',
      kind: 'loki-rules',
      path: 'loki/headroom-rules.yaml',
      language: 'yaml',
      text: file.text,
      sources: alerts.map(({ id }) => entry('', 'alerts', id)),
    },
  ]
}
