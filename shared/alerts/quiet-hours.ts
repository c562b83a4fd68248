import type { AlertSettings, Severity } from '../model/alert.ts'

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 }

export const atLeast = (severity: Severity, least: Severity): boolean => RANK[severity] >= RANK[least]
export const bySeverity = (a: Severity, b: Severity): number => RANK[b] - RANK[a]

/** Minutes since midnight on the wall clock of a zone; undefined is this computer's. RangeError for a zone that is none. */
export function wallMinutes(at: number, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value)
  return part('hour') * 60 + part('minute')
}

/** Whether something of a severity is held back at a time. Quiet hours that end before they begin go over midnight. */
export function isQuiet(settings: Pick<AlertSettings, 'quiet' | 'zone'>, severity: Severity, at: number): boolean {
  const { quiet, zone } = settings
  if (quiet === null || atLeast(severity, quiet.passes)) return false
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)]
  const now = wallMinutes(at, zone ?? undefined)
  return from <= to ? now >= from && now < to : now >= from || now < to
}

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(':')
  return Number(hours) * 60 + Number(minutes)
}
