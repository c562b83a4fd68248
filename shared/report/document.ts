/**
 * A report before it is written: what it says, in order, without a word on how it looks. Each writer (Markdown, PDF) shows
 * every block; a chart carries the figures that it draws, so that a writer without pictures can print them as a table.
 */
export interface Report {
  title: string
  subtitle: string
  /** Facts for the head of the first page. */
  facts: readonly Fact[]
  /** The name for the running head, the day of the report, and what made it. */
  running: { name: string; day: string; maker: string }
  /** When it was made, UTC epoch milliseconds. */
  at: number
  blocks: readonly Block[]
}

export interface Fact {
  label: string
  value: string
}

/** How something stands: colour is never the only sign of it. */
export type Tone = 'plain' | 'good' | 'warn' | 'bad'

export type Block =
  | { kind: 'heading'; level: 1 | 2; text: string }
  | { kind: 'paragraph'; text: string; soft?: boolean }
  | { kind: 'verdict'; label: string; tone: Tone; headline: string; lines: readonly string[] }
  | { kind: 'figures'; items: readonly Figure[] }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'table'; columns: readonly Column[]; rows: readonly Row[] }
  | { kind: 'chart'; title: string; note?: string; chart: Chart }

export interface Figure extends Fact {
  note?: string
}

export interface Column {
  title: string
  /** Numbers stand right. */
  right?: boolean
  /** How much of the width it takes beside the others; 0: as much as its longest word needs. */
  weight: number
}

export interface Row {
  cells: readonly string[]
  /** A sum, the row that the reader is at, or one that matters less. */
  as?: 'total' | 'present' | 'soft'
}

/** What a chart's values are: they are written with it. */
export type Scale = { kind: 'money'; currency: string } | { kind: 'count' } | { kind: 'share' }

export type Chart =
  | { kind: 'fan'; months: readonly string[]; scale: Scale; bands: readonly FanBand[] }
  | { kind: 'shares'; months: readonly string[]; parts: readonly { name: string; share: readonly number[] }[] }
  | { kind: 'bars'; scale: Scale; bars: readonly Bar[] }
  | { kind: 'spans'; from: number; to: number; spans: readonly Span[] }
  | { kind: 'tornado'; scale: Scale; base: number; rows: readonly TornadoRow[] }

/** One scenario's P10, P50 and P90, one value a month. */
export interface FanBand {
  name: string
  p10: readonly number[]
  p50: readonly number[]
  p90: readonly number[]
}
/** From `low` to `high` where the figure is a range. */
export interface Bar {
  name: string
  low: number
  high: number
  present?: boolean
  /** Where there is no figure, why. */
  missing?: string
}
/** Times are UTC epoch milliseconds; null lies beyond the chart. */
export interface Span {
  name: string
  early: number | null
  middle: number | null
  late: number | null
}
export interface TornadoRow {
  name: string
  low: { label: string; value: number }
  high: { label: string; value: number }
}

export const heading = (level: 1 | 2, text: string): Block => ({ kind: 'heading', level, text })
export const paragraph = (text: string, soft = false): Block => ({
  kind: 'paragraph',
  text,
  ...(soft ? { soft: true } : {}),
})
export const list = (items: readonly string[]): Block => ({ kind: 'list', items })
/** A table, or a sentence where it would be empty. */
export const table = (columns: readonly Column[], rows: readonly Row[], empty: string): Block =>
  rows.length === 0 ? paragraph(empty, true) : { kind: 'table', columns, rows }
