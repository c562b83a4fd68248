/** How numbers are written: which character stands before the decimals. The other one of , and . groups thousands. */
export type DecimalMark = '.' | ','

/** A number as a cell holds it, in base units: bytes for MB and GiB, a ratio for %, seconds kept as they are. */
export interface CellNumber {
  value: number
  /** The unit that was written behind or before it, if any. */
  unit: string | null
}

const SCALES: Readonly<Record<string, number>> = {
  '%': 0.01,
  '‰': 0.001,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  B: 1,
  bytes: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  PiB: 1024 ** 5,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
}

/** What a unit in a cell or a heading multiplies by; 1 for a unit that is only a word (users, req/s, €). */
export function scaleOfUnit(unit: string): number {
  return SCALES[unit] ?? 1
}

const PLAIN = /^-?\d+(\.\d+)?$/
const SHAPE =
  /^([^\d\s.,+\-−(]{1,3})?\s*([+\-−]?)\s*((?:\d[\d.,'’  \u202f_]*)?[\d](?:[.,]\d*)?|[.,]\d+)(?:[eE]([+-]?\d{1,3}))?\s*([^\d\s.,][^\d]{0,11})?$/

/** A cell's number under a decimal mark; null when the cell is none. `1.234,5 GB`, `1'234.5`, `€ 12`, `12%` and `1e6` are. */
export function parseNumber(cell: string, mark: DecimalMark): CellNumber | null {
  if (mark === '.' && PLAIN.test(cell)) return { value: Number(cell), unit: null }
  const parts = SHAPE.exec(cell.trim())
  if (!parts) return null
  const [, before, sign, digits = '', exponent, after] = parts
  const grouped = digits.replace(/['’  \u202f_\s]/g, '')
  const other = mark === '.' ? ',' : '.'
  const [whole = '', decimals, ...more] = grouped.split(mark)
  if (more.length > 0 || decimals?.includes(other)) return null
  // Groups of thousands are three digits each, but the first.
  if (whole.includes(other) && !/^\d{1,3}([.,]\d{3})+$/.test(whole)) return null
  const value = Number(`${whole.replaceAll(other, '') || '0'}.${decimals || '0'}e${exponent ?? '0'}`)
  if (!Number.isFinite(value)) return null
  const unit = (after ?? before ?? '').trim() || null
  const scale = unit === null ? 1 : scaleOfUnit(unit)
  return { value: (sign === '-' || sign === '−' ? -value : value) * scale, unit }
}

/** An empty cell, or one of the words that programs write for "not measured". */
export function isBlank(cell: string): boolean {
  return cell === '' || /^\s*(|-|–|—|\.|null|nil|none|nan|n\/?a|na|#n\/a|undefined|missing)\s*$/i.test(cell)
}

/** Which decimal mark the cells speak for, and whether none of them decides (only `1,234`-like ones do not). */
export function decimalMarkOf(cells: Iterable<string>): { mark: DecimalMark; sure: boolean } {
  let point = 0
  let comma = 0
  let open = 0
  for (const cell of cells) {
    const text = cell.trim()
    const lastPoint = text.lastIndexOf('.')
    const lastComma = text.lastIndexOf(',')
    if (lastPoint < 0 && lastComma < 0) continue
    if (lastPoint >= 0 && lastComma >= 0) {
      if (lastPoint > lastComma) point += 1
      else comma += 1
      continue
    }
    const mark = lastPoint >= 0 ? '.' : ','
    const first = text.indexOf(mark)
    const last = mark === '.' ? lastPoint : lastComma
    const behind = /^\d+/.exec(text.slice(last + 1))?.[0].length ?? 0
    const ahead = /\d*$/.exec(text.slice(0, first))?.[0] ?? ''
    const groups = behind === 3 && ahead.length >= 1 && ahead.length <= 3 && ahead !== '0'
    if (first !== last) {
      // Twice the same mark can only group.
      if (mark === '.') comma += 1
      else point += 1
    } else if (groups && mark === ',') open += 1
    else if (groups && mark === '.') open += 0.1
    else if (mark === '.') point += 1
    else comma += 1
  }
  if (point === 0 && comma === 0) return { mark: '.', sure: open < 1 }
  return { mark: comma > point ? ',' : '.', sure: point === 0 || comma === 0 }
}
