import type { AlertSettings, Severity } from '../model/alert.ts'
import { isQuiet } from './quiet-hours.ts'

/** What decides whether an open alert makes itself heard now. Times are epoch milliseconds. */
export interface Hearing {
  severity: Severity
  firedAt: number
  /** When it was last told; null: never. */
  notifiedAt: number | null
  /** When this rule was last told of for this series, in this alert or one before it. */
  lastToldAt: number | null
  acknowledgedAt: number | null
  snoozedUntil: number | null
  mutedUntil: number | null
  coolDownMs: number
  repeatMs: number
  /** A more severe rule on the same metric of the same series is open. */
  outranked: boolean
}

/**
 * Whether an open alert is to be told now: the first time, when its snooze is over, and again after every `repeatMs` until
 * it is acknowledged. What quiet hours, a mute, a snooze or a cool-down hold back is told when they are over, if it is
 * still open then. A time of telling that lies in the future (the clock was put back) counts as now.
 */
export function isDue(alert: Hearing, settings: Pick<AlertSettings, 'quiet' | 'zone'>, now: number): boolean {
  if (alert.outranked || isQuiet(settings, alert.severity, now)) return false
  if (alert.mutedUntil !== null && now < alert.mutedUntil) return false
  if (alert.snoozedUntil !== null && now < alert.snoozedUntil) return false
  const told = alert.lastToldAt === null ? null : Math.min(alert.lastToldAt, now)
  if (alert.notifiedAt === null)
    return alert.acknowledgedAt === null && (told === null || now - told >= alert.coolDownMs)
  const own = Math.min(alert.notifiedAt, now)
  if (alert.snoozedUntil !== null && own < alert.snoozedUntil) return true
  return alert.repeatMs > 0 && alert.acknowledgedAt === null && now - own >= alert.repeatMs
}
