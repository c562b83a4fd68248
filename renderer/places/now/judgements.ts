import { formatQuantity, type QuantityUnit } from '../../../shared/format/quantity.ts'
import type { Judgement, Verdict } from '../../../shared/model/verdict.ts'

/** A value in a judgement's unit; units that are a driver's words ("users") follow the number. */
export function valueText(value: number | null, unit: string | null): string {
  if (value === null) return '–'
  if (unit === null) return formatQuantity(value, 'count')
  return KNOWN.has(unit) ? formatQuantity(value, unit as QuantityUnit) : `${formatQuantity(value, 'count')} ${unit}`
}
const KNOWN: ReadonlySet<string> = new Set<QuantityUnit>([
  'ratio',
  'bytes',
  'bytes_per_second',
  'count',
  'seconds',
  'milliseconds',
  'per_second',
  'load',
  'cores',
  'connections',
])

/** The series a judgement's value was seen on: several servers may hold the rule, one decides it. */
export function sourceOf({ observed, series }: Judgement): Judgement['series'][number] | undefined {
  if (observed === null) return undefined
  return series.find((one) => one.observed === observed) ?? (series.length === 1 ? series[0] : undefined)
}

/** A limit's row: its warning and critical rules together. */
export interface LimitRow {
  id: string
  name: string
  warning: Judgement | null
  critical: Judgement | null
  /** The rule that decides the row's state: the most severe that fired, else that is pending, else any. */
  leading: Judgement
}

const URGENCY: Readonly<Record<Judgement['state'], number>> = { fired: 3, pending: 2, clear: 1, unknown: 0 }

export function limitRows(judgements: readonly Judgement[]): LimitRow[] {
  const rows = new Map<string, LimitRow>()
  for (const judgement of judgements) {
    if (judgement.origin !== 'limit') continue
    const id = judgement.id.replace(/-(warning|critical)$/, '')
    const row = rows.get(id) ?? { id, name: judgement.name, warning: null, critical: null, leading: judgement }
    if (judgement.severity === 'critical') row.critical = judgement
    else row.warning = judgement
    row.leading = [row.critical, row.warning]
      .filter((one) => one !== null)
      .reduce((lead, one) => (URGENCY[one.state] > URGENCY[lead.state] ? one : lead))
    rows.set(id, row)
  }
  return [...rows.values()]
}

/** A limit on a share, with the rule that measured it. */
interface Fullest {
  name: string
  share: number
  judgement: Judgement
}

/** The limit on a share that is fullest now, or null where none was measured. */
export function fullest(judgements: readonly Judgement[]): Fullest | null {
  let most: Fullest | null = null
  for (const row of limitRows(judgements)) {
    const { observed, unit, op } = row.leading
    if (observed === null || unit !== 'ratio' || op === '<' || op === '<=') continue
    // Errors fill nothing.
    if (row.leading.subject.includes('error')) continue
    if (most === null || observed > most.share) most = { name: row.name, share: observed, judgement: row.leading }
  }
  return most
}

const SEVERITY = { critical: 0, warning: 1, info: 2 } as const

/** What matters first: fired by severity, then pending, clear, without data. */
export function byUrgency(judgements: readonly Judgement[]): Judgement[] {
  return [...judgements].sort(
    (a, b) => URGENCY[b.state] - URGENCY[a.state] || SEVERITY[a.severity] - SEVERITY[b.severity],
  )
}

/** The measured rule that fired and matters most: what an optimisation is to help with. */
export function firedFirst({ judgements }: Pick<Verdict, 'judgements'>): Judgement | undefined {
  return byUrgency(judgements).find((one) => one.state === 'fired' && sourceOf(one) !== undefined)
}
