import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../../shared/model/host.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { stretched, TimeChart } from '../../../charts/index.ts'
import { Loading, Panel, ProblemNotice } from '../../../ui/index.ts'
import { busiest } from '../busiest.ts'
import type { TimeRange } from '../range/use-range.ts'
import styles from '../servers.module.css'
import { useNearScreen } from '../use-near-screen.ts'
import { type ComparedMetric, labelWords } from './compared.ts'

const WIDTH_PX = 600
const KEPT_MS = 5_000
const GROUP = 'compare'

/** One metric of several servers in one chart. */
export function CompareChart({
  hosts,
  shown,
  time,
}: {
  hosts: readonly Host[]
  shown: ComparedMetric
  time: TimeRange
}) {
  const { t } = useTranslation('servers')
  const core = useCore()
  const utils = useQueryUtils()
  const place = useRef<HTMLDivElement>(null)
  const near = useNearScreen(place)
  const { metric, unit, words } = shown
  const { from, to } = time.moving ? stretched(time.window, 2) : time.window
  const ids = hosts.map(({ id }) => id)
  const query = useQuery({
    queryKey: [...utils.metrics.slice.key(), { compare: ids, metric, from, to }],
    queryFn: async ({ signal }) => ({
      ...time.window,
      slices: await Promise.all(
        ids.map((hostId) => core.metrics.slice({ hostId, metric, from, to, widthPx: WIDTH_PX }, { signal })),
      ),
    }),
    placeholderData: keepPreviousData,
    gcTime: KEPT_MS,
    enabled: near,
  })
  const { data } = query
  const lines = useMemo(() => {
    const measured = (data?.slices ?? []).map((slices) =>
      slices.filter((slice) => slice.avg.some((value) => value !== null)),
    )
    const at = measured.flat()[0]?.at ?? []
    const all = hosts.flatMap((host, index) => {
      const own = (measured[index] ?? []).map((slice) => ({
        name: [host.name, labelWords(slice.series.labels)].filter(Boolean).join(' · '),
        at: slice.at,
        avg: slice.avg,
      }))
      // One that has nothing here keeps its name and colour, so that the others keep theirs.
      return own.length > 0 || at.length === 0 ? own : [{ name: host.name, at, avg: at.map(() => null) }]
    })
    return { all: all.length, kept: busiest(all) }
  }, [hosts, data])
  return (
    <div ref={place}>
      <Panel label={words}>
        {query.isError ? (
          <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />
        ) : data === undefined ? (
          <div className={styles.chartSpace}>{near ? <Loading /> : <strong>{words}</strong>}</div>
        ) : lines.all === 0 ? (
          <>
            <strong>{words}</strong>
            <p className={styles.quiet}>{t('page.noData')}</p>
          </>
        ) : (
          <TimeChart
            title={words}
            series={lines.kept}
            unit={unit}
            height={190}
            group={GROUP}
            from={data.from}
            to={data.to}
            onWindow={time.onWindow}
          />
        )}
        {lines.kept.length < lines.all && (
          <p className={styles.chartNote}>{t('page.hiddenSeries', { shown: lines.kept.length, count: lines.all })}</p>
        )}
      </Panel>
    </div>
  )
}
