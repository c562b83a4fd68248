import { DAY_MS, HOUR_MS } from '../../../../shared/format/duration.ts'
import type { TimeWindow } from '../../../charts/index.ts'

/** Stretches up to now that are one click away. */
export const SPANS = {
  m15: HOUR_MS / 4,
  h1: HOUR_MS,
  h6: 6 * HOUR_MS,
  h24: DAY_MS,
  d7: 7 * DAY_MS,
  d30: 30 * DAY_MS,
  d90: 90 * DAY_MS,
  y1: 365 * DAY_MS,
} as const
export type Span = keyof typeof SPANS
export const SPAN_NAMES = Object.keys(SPANS) as Span[]

/** What the panels show: the last of something, which goes on with time, or a stretch that stands still. */
export type Range = { kind: 'last'; span: Span } | ({ kind: 'fixed' } & TimeWindow)

/** Below this there is hardly a sample, and beyond it nothing is kept. */
const SHORTEST_MS = 10_000
const LONGEST_MS = 10 * 365 * DAY_MS

/** `range=h6` or `range=1760000000000-1760003600000` of an address; null where it is not there or makes no sense. */
export function rangeOf(query: URLSearchParams): Range | null {
  const text = query.get('range')
  if (text === null) return null
  const span = SPAN_NAMES.find((name) => name === text)
  if (span) return { kind: 'last', span }
  const ends = /^(\d+)-(\d+)$/.exec(text)
  return ends ? windowFrom(Number(ends[1]), Number(ends[2])) : null
}

/**
 * The stretch that a link is evidence of: `from` and `to`, epoch ms. A link without `to` means up to now.
 */
export function stretchOf(query: URLSearchParams, present: number): TimeWindow | null {
  if (query.get('from') === null) return null
  const to = query.get('to')
  const read = windowFrom(Number(query.get('from')), to === null ? present : Number(to))
  return read === null ? null : { from: read.from, to: read.to }
}

function windowFrom(from: number, to: number): ({ kind: 'fixed' } & TimeWindow) | null {
  if (
    !Number.isSafeInteger(Math.round(from)) ||
    !Number.isSafeInteger(Math.round(to)) ||
    from < 0 ||
    to <= from ||
    to - from > LONGEST_MS
  )
    return null
  return { kind: 'fixed', from: Math.round(from), to: Math.round(to) }
}

export function rangeText(range: Range): string {
  return range.kind === 'last' ? range.span : `${range.from}-${range.to}`
}

/** How long a stretch of evidence is shown with before and after: half of it each, at least a quarter of an hour. */
export function around(stretch: TimeWindow, present: number): Range {
  const margin = Math.max(SPANS.m15, (stretch.to - stretch.from) / 2)
  return held({ from: Math.round(stretch.from - margin), to: Math.round(stretch.to + margin) }, present)
}

/** A window as a range that charts can show: between ten seconds and ten years long, and not in the future. */
export function held({ from, to }: TimeWindow, present: number): Range {
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, to - from))
  const end = Math.min(present, Math.max(to, from + length))
  return { kind: 'fixed', from: Math.max(0, Math.round(end - length)), to: Math.round(end) }
}

/** The stretch that a range means at a moment. */
export function windowOf(range: Range, present: number): TimeWindow {
  return range.kind === 'fixed'
    ? { from: range.from, to: range.to }
    : { from: present - SPANS[range.span], to: present }
}

/** How often a range that goes on with time is read again: about as often as it moves by a pixel. */
export function stepOf(span: Span): number {
  return Math.max(2_000, Math.round(SPANS[span] / 800))
}

/** The address with another range. What a link pointed at (metric, stretch) stays. */
export function addressWith(path: string, query: URLSearchParams, range: Range): string {
  const next = new URLSearchParams(query)
  next.set('range', rangeText(range))
  return `${path}?${next.toString()}`
}

/** `2026-03-01T08:30` of a form's field in local time, as epoch ms; null where it is none. */
export function fieldTime(text: string): number | null {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text) ? new Date(text).getTime() : Number.NaN
  return Number.isNaN(at) ? null : at
}

/** As `fieldTime`, the other way. */
export function timeField(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}
