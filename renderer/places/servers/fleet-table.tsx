// biome-ignore-all lint/a11y/useSemanticElements: rows are virtual and positioned, which those of a <table> cannot be
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons and links inside the rows take the focus
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  sortFns,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { hostAddress } from '../../../shared/format/host-address.ts'
import { ageText, useNow } from '../../app/clock.ts'
import { Value } from '../../ui/index.ts'
import type { FleetRow } from './fleet.ts'
import { HostState } from './host-state.tsx'
import { Meter } from './meter.tsx'
import styles from './servers.module.css'

const ROW_PX = 40
const HEAD_PX = 36
const STATE_ORDER = ['down', 'needs-host-key', 'needs-secret', 'connecting', 'unknown', 'up']

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns })
const helper = createColumnHelper<typeof features, FleetRow>()
const NUMBERS = new Set(['cpu', 'memory', 'disk', 'load', 'sample'])
type ColumnId = 'name' | 'state' | 'cpu' | 'memory' | 'disk' | 'load' | 'sample' | 'problem'

const numeric = { sortUndefined: 'last', sortFn: 'basic', sortDescFirst: true } as const
const columns = helper.columns([
  helper.accessor((row) => row.host.name, { id: 'name', sortFn: 'alphanumeric' }),
  helper.accessor((row) => STATE_ORDER.indexOf(row.host.state), { id: 'state', sortFn: 'basic', sortDescFirst: false }),
  helper.accessor((row) => row.cpu, { id: 'cpu', ...numeric }),
  helper.accessor((row) => row.memory, { id: 'memory', ...numeric }),
  helper.accessor((row) => row.disk?.used, { id: 'disk', ...numeric }),
  helper.accessor((row) => row.load, { id: 'load', ...numeric }),
  helper.accessor((row) => row.sampledAt ?? undefined, { id: 'sample', ...numeric }),
  helper.accessor((row) => row.host.problem?.fact, { id: 'problem', sortFn: 'text', sortUndefined: 'last' }),
])

/** The fleet, sortable by every column; only the rows in sight are drawn. Arrow keys walk along the rows. */
export function FleetTable({ rows: data }: { rows: FleetRow[] }) {
  const { t } = useTranslation('servers')
  const [sorting, setSorting] = useState<SortingState>([{ id: 'name', desc: false }])
  const table = useTable({ features, columns, data, state: { sorting }, onSortingChange: setSorting })
  const rows = table.getRowModel().rows
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.original.host.id ?? index,
    overscan: 8,
    scrollMargin: HEAD_PX,
  })

  function walk(event: KeyboardEvent<HTMLDivElement>) {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length }[event.key]
    const from = (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index
    if (step === undefined || from === undefined) return
    event.preventDefault()
    const next = Math.max(0, Math.min(rows.length - 1, Number(from) + step))
    virtual.scrollToIndex(next)
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus())
  }

  return (
    <div
      ref={scroller}
      className={styles.table}
      role="table"
      aria-label={t('tableLabel')}
      aria-rowcount={rows.length + 1}
      onKeyDown={walk}
      style={{ maxHeight: 'calc(100vh - 150px)' }}
    >
      <div role="rowgroup">
        <div role="row" className={styles.headRow} aria-rowindex={1}>
          {table.getHeaderGroups()[0]?.headers.map((header) => {
            const id = header.column.id as ColumnId
            const sorted = header.column.getIsSorted()
            return (
              <div
                key={id}
                role="columnheader"
                className={NUMBERS.has(id) ? styles.right : undefined}
                aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'}
              >
                <button
                  type="button"
                  className={styles.sort}
                  data-sorted={sorted || undefined}
                  title={t('sortBy', { column: t(`columns.${id}`) })}
                  onClick={header.column.getToggleSortingHandler()}
                >
                  {t(`columns.${id}`)}
                  {sorted === 'asc' && <ArrowUp size={12} aria-hidden="true" />}
                  {sorted === 'desc' && <ArrowDown size={12} aria-hidden="true" />}
                </button>
              </div>
            )
          })}
        </div>
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]
          return row && <Row key={item.key} row={row.original} index={item.index} top={item.start - HEAD_PX} />
        })}
      </div>
    </div>
  )
}

function Row({ row, index, top }: { row: FleetRow; index: number; top: number }) {
  const { t } = useTranslation('servers')
  const { host } = row
  const where = hostAddress(host) ?? t('thisComputer')
  const absent = t('notMeasured')
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="cell">
        <a href={`#/servers/${host.id}`} className={styles.hostLink} title={where}>
          {host.name}
        </a>
      </div>
      <div role="cell">
        <HostState state={host.state} />
      </div>
      <div role="cell" className={styles.right}>
        <Meter ratio={row.cpu} absent={absent} />
      </div>
      <div role="cell" className={styles.right}>
        <Meter ratio={row.memory} absent={absent} />
      </div>
      <div role="cell" className={styles.right} title={row.disk?.mount}>
        <Meter ratio={row.disk?.used} absent={absent} />
      </div>
      <div role="cell" className={styles.right} title={row.cores ? t('ofCores', { count: row.cores }) : undefined}>
        <Value value={row.load} unit="load" />
      </div>
      <div role="cell" className={styles.right}>
        <SampleAge at={row.sampledAt} />
      </div>
      <div
        role="cell"
        className={styles.cut}
        title={host.problem ? `${host.problem.fact} ${host.problem.fix}` : undefined}
      >
        {host.problem?.fact ?? ''}
      </div>
    </div>
  )
}

/** How old the newest sample is, counted on while one looks. */
export function SampleAge({ at }: { at: number | null }) {
  const { t } = useTranslation('servers')
  const now = useNow()
  if (at === null) return <span className={styles.quiet}>{t('never')}</span>
  return <span className={styles.quiet}>{t('ago', { age: ageText(at, now) })}</span>
}
