import type { unitOfMetric } from '../../../../shared/planning/metric-words.ts'

export type AlertRuleUnit = ReturnType<typeof unitOfMetric>

/** A measured metric that a rule can speak of, with its labels' values. */
export type Choice = { metric: string; words: string; unit: AlertRuleUnit; labels: Record<string, string[]> }

/** What a field of metrics offers; one that nothing measures any more stays, by its name. */
export function metricOptions(choices: readonly Choice[], chosen: string | null) {
  const options = choices.map(({ metric, words }) => ({ value: metric, label: `${words} (${metric})` }))
  return chosen === null || choices.some(({ metric }) => metric === chosen)
    ? options
    : [{ value: chosen, label: chosen }, ...options]
}
