import type { FleetFigure } from '../../../../shared/model/fleet.ts'
import type { Unit } from '../../../../shared/model/metric.ts'
import type { FleetRow } from './rows.ts'

interface ColumnFacts {
  /** Narrowest and share of what is left, as CSS grid takes them. */
  width: string
  /** Its part of the narrowest table, in pixels. */
  least: number
  figure?: FleetFigure
  /** A share as a number and a bar; else a plain quantity. */
  meter?: true
  unit?: Unit
  /** A small line of this metric; `top` fixes its value axis. */
  trend?: { metric: string; top: number | null; unit: Unit }
}

const meter = (figure: FleetFigure): ColumnFacts => ({ width: '94px', least: 94, figure, meter: true, unit: 'ratio' })
const plain = (figure: FleetFigure, unit: Unit, least: number): ColumnFacts => ({
  width: `${least}px`,
  least,
  figure,
  unit,
})
const trend = (metric: string, top: number | null, unit: Unit): ColumnFacts => ({
  width: 'minmax(84px, 0.8fr)',
  least: 84,
  trend: { metric, top, unit },
})
const text = (least: number, share: number): ColumnFacts => ({ width: `minmax(${least}px, ${share}fr)`, least })

/** Every column after the name, in the order of the table. */
export const COLUMNS = {
  state: { width: '116px', least: 116 },
  stage: text(90, 0.8),
  tags: text(128, 1),
  cpu: meter('cpu'),
  cpuTrend: trend('cpu_used_ratio', 1, 'ratio'),
  memory: meter('memory'),
  memoryTrend: trend('memory_used_ratio', 1, 'ratio'),
  disk: meter('disk'),
  diskTrend: trend('disk_used_ratio', 1, 'ratio'),
  swap: meter('swap'),
  load: plain('load', 'load', 46),
  pressure: meter('pressure'),
  iowait: meter('iowait'),
  steal: meter('steal'),
  received: plain('received', 'bytes_per_second', 84),
  sent: plain('sent', 'bytes_per_second', 84),
  connections: meter('connections'),
  units: plain('units', 'count', 64),
  uptime: plain('uptime', 'seconds', 76),
  sample: { width: '104px', least: 104 },
  problem: text(110, 2),
} as const satisfies Record<string, ColumnFacts>
export type ColumnId = keyof typeof COLUMNS
export const COLUMN_IDS = Object.keys(COLUMNS) as ColumnId[]
export const columnFacts = (id: ColumnId): ColumnFacts => COLUMNS[id]

const NAME_LEAST = 120
const GAP = 14
const EDGES = 16 + GAP + 24 + GAP

/** How wide the table is at least, in pixels. */
export function leastWidth(columns: readonly ColumnId[]): number {
  return EDGES + NAME_LEAST + columns.reduce((sum, id) => sum + COLUMNS[id].least + GAP, 0)
}

/** The columns of a table that nobody chose: the more telling ones first, as many as there is room for. */
export function columnsFor(width: number, hasMarks: boolean): ColumnId[] {
  const wanted: ColumnId[] = ['state', 'cpu', 'memory', 'disk', 'cpuTrend', 'sample', 'memoryTrend', 'load', 'problem']
  if (hasMarks) wanted.splice(4, 0, 'tags')
  const chosen = new Set<ColumnId>()
  for (const id of wanted) if (chosen.size < 3 || leastWidth([...chosen, id]) <= width) chosen.add(id)
  return COLUMN_IDS.filter((id) => chosen.has(id))
}

/** What a column sorts by: a number, a text, or undefined, which comes last. */
export function sortKey(id: ColumnId | 'name', row: FleetRow): number | string | undefined {
  if (id === 'name') return row.host.name
  const facts = columnFacts(id)
  if (facts.figure) return row.figures[facts.figure]
  switch (id) {
    case 'state':
      return STATE_ORDER.indexOf(row.host.state)
    case 'stage':
      return row.stageName ?? undefined
    case 'tags':
      return row.tags.length === 0 ? undefined : row.tags.join(' ')
    case 'sample':
      return row.sampledAt ?? undefined
    case 'cpuTrend':
      return row.figures.cpu
    case 'memoryTrend':
      return row.figures.memory
    case 'diskTrend':
      return row.figures.disk
    default:
      return row.host.problem?.fact
  }
}

/** Worst first. */
export const STATE_ORDER: readonly FleetRow['host']['state'][] = [
  'down',
  'needs-host-key',
  'needs-secret',
  'connecting',
  'unknown',
  'up',
]

/** Figures are looked at from the highest down, words from the beginning of the alphabet. */
export function startsDescending(id: ColumnId | 'name'): boolean {
  return (
    id !== 'name' && (columnFacts(id).figure !== undefined || columnFacts(id).trend !== undefined || id === 'sample')
  )
}
