import type { ThresholdRunway } from '../../../../shared/model/forecast.ts'

export function toneOf({ runway, severity }: Pick<ThresholdRunway, 'runway' | 'severity'>) {
  if (runway?.kind === 'past') return severity === 'critical' ? 'bad' : 'warn'
  return runway?.kind === 'dated' && runway.at !== null ? 'warn' : 'neutral'
}
