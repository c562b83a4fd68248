import { clearedTitle, firedTitle, unknownTitle } from '../../../../shared/alerts/alert-words.ts'
import type { Message } from '../../../../shared/alerts/webhook-body.ts'
import type { Alert, Notice, Severity } from '../../../../shared/model/alert.ts'
import type { KeptAlert } from './alert-store.ts'

/** What is told at once: alerts of one kind and one moment. */
export interface Told {
  kind: 'fired' | 'cleared' | 'unknown'
  alerts: KeptAlert[]
}

/** What the screen and the desktop say. */
export function noticeOf(id: string, at: number, told: Told): Notice {
  const { kind, alerts } = told
  const [only] = alerts
  const single = alerts.length === 1 && only !== undefined
  return {
    ...{ id, at, kind, severity: worstOf(alerts), title: titleOf(told) },
    body: single ? only.action || only.condition : namesOf(alerts),
    href: single && kind !== 'unknown' ? `#/now?alert=${encodeURIComponent(only.id)}` : '#/now?alerts',
  }
}

/** What the webhook is sent. */
export function messageOf(id: string, at: number, told: Told): Message {
  const state = told.kind === 'unknown' ? 'unknown' : undefined
  return {
    ...{ id, at, kind: told.kind, severity: worstOf(told.alerts), title: titleOf(told) },
    alerts: told.alerts.map((alert) => shownAlert(alert, state)),
  }
}

/** An alert as it is shown, but for what answers it and whether its rule is muted. */
export function shownAlert(alert: KeptAlert, open: 'firing' | 'unknown' = 'firing'): Alert {
  const { series: _series, playbook: _playbook, ...rest } = alert
  const state = alert.clearedAt === null ? open : alert.ended === null ? 'cleared' : 'ended'
  return { ...rest, state, muted: false, current: null, answers: [] }
}

const TITLES = { fired: firedTitle, cleared: clearedTitle, unknown: unknownTitle } as const

function titleOf({ kind, alerts }: Told): string {
  const [only] = alerts
  if (alerts.length === 1 && only) return TITLES[kind](only)
  const hosts = [...new Set(alerts.map(({ hostName }) => hostName))]
  const where = hosts.length === 1 ? `on ${hosts[0]}` : `on ${hosts.length} servers`
  if (kind === 'cleared') return `${alerts.length} alerts cleared ${where}`
  if (kind === 'unknown') return `no data for ${alerts.length} rules ${where}`
  return `${worstOf(alerts)}: ${alerts.length} alerts ${where}`
}

function namesOf(alerts: readonly KeptAlert[]): string {
  const names = [...new Set(alerts.map(({ name, hostName }) => `${name} on ${hostName}`))]
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}

const worstOf = (alerts: readonly { severity: Severity }[]): Severity =>
  (['critical', 'warning', 'info'] as const).find((one) => alerts.some(({ severity }) => severity === one)) ?? 'info'
