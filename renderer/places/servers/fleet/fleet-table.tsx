// biome-ignore-all lint/a11y/useSemanticElements: rows are virtual and positioned, which those of a <table> cannot be
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons and links inside the rows take the focus
import { Checkbox } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../../app/clock.ts'
import { SPANS } from '../range/range.ts'
import { type ColumnId, columnFacts, leastWidth, startsDescending } from './columns.ts'
import styles from './fleet.module.css'
import { GroupRow, isRight, ServerRow } from './fleet-row.tsx'
import { type FleetLine, WITHOUT } from './rows.ts'
import { useSparklines } from './use-sparklines.ts'
import type { FleetView } from './view.ts'

const ROW_PX = 40
const HEAD_PX = 36

/**
 * The fleet; only the lines in sight are drawn and read. Arrow keys, Page Up and Down, Home and End walk along the rows, the
 * space bar picks one, with Shift all from the one picked last.
 */
export function FleetTable(props: {
  lines: readonly FleetLine[]
  columns: readonly ColumnId[]
  view: FleetView
  picked: ReadonlySet<string>
  groupName(key: string): string
  closed: ReadonlySet<string>
  onView(change: Partial<FleetView>): void
  onPick(ids: ReadonlySet<string>): void
  onToggle(group: string): void
  onTag(tag: string): void
}) {
  const { t } = useTranslation('servers')
  const { lines, columns, view, picked } = props
  const scroller = useRef<HTMLDivElement>(null)
  const lastPicked = useRef<string | null>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => `${lines[index]?.kind} ${lines[index]?.key ?? index}`,
    overscan: 5,
    scrollMargin: HEAD_PX,
  })
  const items = virtual.getVirtualItems()
  const seen = items.flatMap(({ index }) => {
    const line = lines[index]
    return line?.kind === 'server' ? [line.row.host.id] : []
  })
  const metrics = useMemo(() => columns.flatMap((id) => columnFacts(id).trend?.metric ?? []), [columns])
  const sparks = useSparklines(seen, metrics, useTrendWindow(SPANS[view.trend]))

  const ids = useMemo(
    () => [...new Set(lines.flatMap((line) => (line.kind === 'server' ? [line.row.host.id] : [])))],
    [lines],
  )
  const pick = (id: string, range: boolean) => {
    const next = new Set(picked)
    const from = range && lastPicked.current !== null ? ids.indexOf(lastPicked.current) : -1
    if (from >= 0) {
      const to = ids.indexOf(id)
      for (const one of ids.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(one)
    } else if (!next.delete(id)) next.add(id)
    lastPicked.current = id
    props.onPick(next)
  }
  const all = ids.length > 0 && ids.every((id) => picked.has(id))

  function walk(event: KeyboardEvent<HTMLDivElement>) {
    const at = (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index
    if (at === undefined) return
    const index = Number(at)
    const line = lines[index]
    if (event.key === ' ' && line?.kind === 'server' && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault()
      pick(line.row.host.id, event.shiftKey)
      return
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / ROW_PX) - 2)
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -lines.length, End: lines.length }[
      event.key
    ]
    if (step === undefined) return
    event.preventDefault()
    const next = Math.max(0, Math.min(lines.length - 1, index + step))
    virtual.scrollToIndex(next)
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`[data-index="${next}"] :is(a, button)`)
        ?.focus({ preventScroll: true }),
    )
  }

  const template = ['16px', 'minmax(120px, 1.4fr)', ...columns.map((id) => columnFacts(id).width)].join(' ')
  return (
    <div
      ref={scroller}
      className={styles.table}
      role="table"
      aria-label={t('tableLabel')}
      aria-rowcount={lines.length + 1}
      onKeyDown={walk}
      style={{ '--columns': template, '--least': `${leastWidth(columns)}px` } as CSSProperties}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" className={styles.headRow} aria-rowindex={1}>
          <div role="columnheader" className={styles.pick} aria-label={t('fleet.picked')}>
            <Checkbox
              size="xs"
              aria-label={t('fleet.pickAll')}
              checked={all}
              indeterminate={!all && picked.size > 0}
              onChange={() => props.onPick(all ? new Set() : new Set(ids))}
            />
          </div>
          {(['name', ...columns] as const).map((id) => (
            <ColumnHead key={id} id={id} view={view} onView={props.onView} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const line = lines[item.index]
          if (!line) return null
          const place = { index: item.index, top: item.start - HEAD_PX }
          return line.kind === 'group' ? (
            <GroupRow
              key={item.key}
              {...place}
              name={
                line.key === WITHOUT
                  ? t(`fleet.without.${view.grouping === 'stage' ? 'stage' : 'tag'}`)
                  : props.groupName(line.key)
              }
              rows={line.rows}
              open={!props.closed.has(line.key)}
              onToggle={() => props.onToggle(line.key)}
            />
          ) : (
            <ServerRow
              key={item.key}
              {...place}
              row={line.row}
              columns={columns}
              lines={sparks}
              picked={picked.has(line.row.host.id)}
              onPick={pick}
              onTag={props.onTag}
            />
          )
        })}
      </div>
    </div>
  )
}

/** The last `span`, moving on by whole points, so that lines are read no more often than they can change. */
function useTrendWindow(span: number): { from: number; to: number } {
  const step = span / 60
  const to = Math.ceil(useNow() / step) * step
  return useMemo(() => ({ from: to - span, to }), [to, span])
}

function ColumnHead(props: { id: ColumnId | 'name'; view: FleetView; onView(change: Partial<FleetView>): void }) {
  const { t } = useTranslation('servers')
  const { id, view } = props
  const { sorting } = view
  const sorted = sorting.by === id
  const column = t(`columns.${id}`)
  return (
    <div
      role="columnheader"
      className={id === 'name' ? styles.name : isRight(id) ? styles.right : undefined}
      aria-sort={sorted ? (sorting.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        className={styles.sort}
        data-sorted={sorted || undefined}
        title={t('sortBy', { column })}
        onClick={() =>
          props.onView({ sorting: { by: id, descending: sorted ? !sorting.descending : startsDescending(id) } })
        }
      >
        {column}
        {sorted && !sorting.descending && <ArrowUp size={12} aria-hidden="true" />}
        {sorted && sorting.descending && <ArrowDown size={12} aria-hidden="true" />}
      </button>
    </div>
  )
}
