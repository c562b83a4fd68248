import type { Alert, Notice, Severity, WebhookFormat } from '../model/alert.ts'
import { alertBody, firedTitle } from './alert-words.ts'

/** What one message to a webhook tells. Several alerts of one moment are one message. */
export interface Message {
  id: string
  at: number
  kind: Notice['kind']
  severity: Severity
  title: string
  alerts: readonly Alert[]
}

export interface Posted {
  contentType: string
  headers: Record<string, string>
  body: string
}

const DISCORD_MOST = 2000
const PRIORITY: Readonly<Record<Severity, { ntfy: number; gotify: number }>> = {
  info: { ntfy: 3, gotify: 2 },
  warning: { ntfy: 4, gotify: 5 },
  critical: { ntfy: 5, gotify: 8 },
}

/**
 * A message in the shape that its receiver reads. `headroom` is our own, documented in the README of alerts: version, id,
 * kind, severity, title, text, and the alerts with their evidence.
 */
export function posted(message: Message, format: WebhookFormat): Posted {
  const text = textOf(message)
  const json = (value: object, headers: Record<string, string> = {}): Posted => ({
    contentType: 'application/json',
    headers,
    body: JSON.stringify(value),
  })
  switch (format) {
    case 'slack':
      return json({ text: escaped(text) })
    case 'discord':
      return json({ content: short(text, DISCORD_MOST), allowed_mentions: { parse: [] } })
    case 'gotify':
      return json({ title: message.title, message: text, priority: PRIORITY[message.severity].gotify })
    case 'ntfy':
      return {
        contentType: 'text/plain; charset=utf-8',
        headers: {
          // A header holds no line break and only Latin letters; ntfy reads RFC 2047 for the rest.
          Title: encodedWord(message.title),
          Priority: `${message.kind === 'cleared' ? 3 : PRIORITY[message.severity].ntfy}`,
          Tags:
            message.kind === 'cleared' ? 'white_check_mark' : message.kind === 'fired' ? 'warning' : 'grey_question',
        },
        body: text,
      }
    case 'headroom':
      return json({
        version: 1,
        id: message.id,
        at: new Date(message.at).toISOString(),
        kind: message.kind,
        severity: message.severity,
        title: message.title,
        text,
        alerts: message.alerts.map((alert) => ({
          id: alert.id,
          rule: { id: alert.ruleId, name: alert.name, condition: alert.condition },
          state: alert.state,
          severity: alert.severity,
          host: { id: alert.hostId, name: alert.hostName },
          metric: alert.metric,
          labels: alert.labels,
          unit: alert.unit,
          threshold: alert.threshold,
          value: alert.evidence.value,
          worst: alert.evidence.worst,
          coverage: alert.evidence.coverage,
          since: new Date(alert.since).toISOString(),
          firedAt: new Date(alert.firedAt).toISOString(),
          clearedAt: alert.clearedAt === null ? null : new Date(alert.clearedAt).toISOString(),
          action: alert.action,
        })),
      })
  }
}

/** A message as an alert makes it, to show what a receiver gets. */
export function sampleMessage(at: number, severity: Severity): Message {
  const from = at - 15 * 60_000
  const alert: Alert = {
    ...{ id: 'a-sample', ruleId: 'plan:cpu-critical', name: 'CPU', severity, condition: 'CPU > 85% for 15 min' },
    ...{
      action: 'More workers',
      hostId: 'h-1',
      hostName: 'web-1',
      metric: 'cpu_used_ratio',
      labels: {},
      unit: 'ratio',
    },
    ...{ op: '>', threshold: 0.85, state: 'firing', firedAt: at, since: from, current: null },
    evidence: { value: 0.93, at, from, coverage: 1, worst: 0.97, also: [] },
    ...{ clearedAt: null, ended: null, reopened: 0, acknowledgedAt: null, snoozedUntil: null, notifiedAt: at },
    ...{ muted: false, answers: [] },
  }
  return { id: 'sample', at, kind: 'fired', severity, title: firedTitle(alert), alerts: [alert] }
}

function textOf({ title, alerts }: Message): string {
  const lines = alerts.map((alert) =>
    alerts.length === 1 ? alertBody(alert) : `${alert.name} on ${alert.hostName}: ${alertBody(alert)}`,
  )
  return [title, ...lines].join('\n')
}

const short = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function encodedWord(text: string): string {
  const line = text.replaceAll(/[\r\n]+/g, ' ')
  if (/^[\x20-\x7e]*$/.test(line)) return line
  const bytes = new TextEncoder().encode(line)
  return `=?UTF-8?B?${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}?=`
}
