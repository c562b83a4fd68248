import { Button } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../../shared/model/host.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { useRoute } from '../../../app/route.ts'
import { EmptyState, Panel, ProblemNotice } from '../../../ui/index.ts'
import { columnsFor } from './columns.ts'
import styles from './fleet.module.css'
import { FleetTable } from './fleet-table.tsx'
import { FleetTools } from './fleet-tools.tsx'
import { MarksDialog } from './marks-dialog.tsx'
import { type FleetRow, filterRows, inOrder, linesOf, rowsOf, type Sorting, sortRows } from './rows.ts'
import { useFleetView } from './view.ts'

/** The fleet: filter, groups and columns above, the table below. The filter stands in the address (`q`). */
export function FleetPanel({ hosts }: { hosts: readonly Host[] }) {
  const { t } = useTranslation('servers')
  const utils = useQueryUtils()
  const overview = useQuery(utils.fleet.overview.queryOptions())
  const marks = useQuery(utils.fleet.marks.queryOptions())
  const plan = useQuery(utils.plan.current.queryOptions()).data?.plan
  const [view, setView] = useFleetView()
  const [filter, setFilter] = useFilter()
  const wanted = useDeferredValue(filter)
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [marking, setMarking] = useState(false)
  const { ref, width } = useElementSize()

  const rows = useMemo(() => {
    const names = new Map(plan?.stages.map(({ id, name }) => [id, name]))
    return rowsOf(hosts, overview.data ?? [], marks.data ?? [], (id) => names.get(id) ?? id)
  }, [hosts, overview.data, marks.data, plan?.stages])
  const shown = useMemo(() => filterRows(rows, wanted, (state) => t(`state.${state}`)), [rows, wanted, t])
  const [hovered, setHovered] = useState(false)
  const sorted = useSteadyOrder(shown, view.sorting, hovered)
  const stages = useMemo(() => plan?.stages.map(({ id }) => id) ?? [], [plan?.stages])
  const lines = useMemo(() => linesOf(sorted, view.grouping, closed, stages), [sorted, view.grouping, closed, stages])
  const columns = useMemo(
    () => view.columns ?? columnsFor(width === 0 ? window.innerWidth - 260 : width, (marks.data?.length ?? 0) > 0),
    [view.columns, width, marks.data?.length],
  )
  const known = useMemo(() => rows.filter(({ host }) => picked.has(host.id)), [rows, picked])
  const toggle = (group: string) => {
    const next = new Set(closed)
    if (!next.delete(group)) next.add(group)
    setClosed(next)
  }
  const groupName = (key: string) => {
    if (view.grouping === 'state') return t(`state.${key as Host['state']}`)
    return view.grouping === 'stage' ? (plan?.stages.find(({ id }) => id === key)?.name ?? key) : key
  }
  const problem = overview.error ?? marks.error
  return (
    <div ref={ref} onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)}>
      <FleetTools
        rows={rows}
        filter={filter}
        onFilter={setFilter}
        view={view}
        columns={columns}
        onView={setView}
        picked={known.map(({ host }) => host.id)}
        onMark={() => setMarking(true)}
      />
      {problem && (
        <div className={styles.toolbar}>
          <ProblemNotice problem={problemFrom(problem)} onRetry={() => void overview.refetch()} />
        </div>
      )}
      {shown.length < rows.length && (
        <p className={styles.quiet} role="status">
          {t('shown', { shown: shown.length, count: rows.length })}
        </p>
      )}
      {shown.length === 0 ? (
        <Panel label={t('title')}>
          <EmptyState
            title={t('noMatch', { filter: wanted })}
            actions={
              <Button variant="default" onClick={() => setFilter('')}>
                {t('fleet.clear')}
              </Button>
            }
          />
        </Panel>
      ) : (
        <FleetTable
          lines={lines}
          columns={columns}
          view={view}
          picked={picked}
          groupName={groupName}
          closed={closed}
          onView={setView}
          onPick={setPicked}
          onToggle={toggle}
          onTag={(tag) => setFilter(`tag:${tag}`)}
        />
      )}
      {marking && <MarksDialog rows={known} onClose={() => setMarking(false)} />}
    </div>
  )
}

/** The filter, kept in the address without a step in the history for each letter. */
function useFilter(): [string, (text: string) => void] {
  const [filter, setFilter] = useState(useRoute().query.get('q') ?? '')
  const change = useCallback((text: string) => {
    setFilter(text)
    const query = text === '' ? '' : `?q=${encodeURIComponent(text)}`
    window.history.replaceState(window.history.state, '', `#/servers${query}`)
  }, [])
  return [filter, change]
}

/** Rows in order. While somebody points at them, new figures do not move them: a row must not slip away under a click. */
function useSteadyOrder(rows: readonly FleetRow[], sorting: Sorting, steady: boolean): FleetRow[] {
  const before = useRef<{ sorting: Sorting; ids: string[] } | null>(null)
  const sorted = useMemo(() => {
    const kept = before.current
    return steady && kept?.sorting === sorting ? inOrder(rows, kept.ids) : sortRows(rows, sorting)
  }, [rows, sorting, steady])
  useEffect(() => {
    before.current = { sorting, ids: sorted.map(({ host }) => host.id) }
  }, [sorting, sorted])
  return sorted
}
