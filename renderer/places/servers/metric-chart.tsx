import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { TrendingUp } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { Labels, SeriesSlice } from '../../../shared/model/metric.ts'
import type { Limit } from '../../../shared/model/stage.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { stretched, type Threshold, TimeChart } from '../../charts/index.ts'
import { Loading, Panel, ProblemNotice } from '../../ui/index.ts'
import { busiest } from './busiest.ts'
import { type ChartSpec, isAsker, type MetricWord } from './chart-specs.ts'
import { ForecastView } from './forecast/forecast-view.tsx'
import type { TimeRange } from './range/use-range.ts'
import styles from './servers.module.css'
import { useNearScreen } from './use-near-screen.ts'

/** Buckets asked for: about one a pixel and a half of the widest chart. */
const WIDTH_PX = 600
/** Earlier stretches of a chart that goes on with time are of no use. */
const KEPT_MS = 5_000

interface Shown {
  from: number
  to: number
  slices: SeriesSlice[][]
}

/** One chart of a server, over the time that all panels of its page show. */
export function MetricChart(props: {
  hostId: string
  spec: ChartSpec
  time: TimeRange
  limits: Limit[]
  wanted: boolean
  /** Among the first of its page, which are on the screen when that is opened. */
  isFirst: boolean
  /** The metric to open the forecast of at once. */
  forecast: string | null
}) {
  const { hostId, spec, time, limits, wanted } = props
  // While a hand moves the chart along, there is something to show on both sides of it.
  const { from, to } = time.moving ? stretched(time.window, 2) : time.window
  const { t } = useTranslation('servers')
  const words = useTranslation('forecast').t
  const [ahead, setAhead] = useState(props.forecast !== null)
  const core = useCore()
  const utils = useQueryUtils()
  const place = useRef<HTMLDivElement>(null)
  const near = useNearScreen(place, props.isFirst)
  useEffect(() => {
    if (wanted) place.current?.scrollIntoView({ block: 'center' })
  }, [wanted])

  const query = useQuery({
    queryKey: [...utils.metrics.slice.key(), { hostId, metrics: spec.lines.map((line) => line.metric), from, to }],
    queryFn: async ({ signal }): Promise<Shown> => {
      const widthPx = time.moving ? 2 * WIDTH_PX : WIDTH_PX
      const slices = await Promise.all(
        spec.lines.map(({ metric }) => core.metrics.slice({ hostId, metric, from, to, widthPx }, { signal })),
      )
      return { ...time.window, slices }
    },
    placeholderData: keepPreviousData,
    gcTime: KEPT_MS,
    enabled: near,
  })

  const title = spec.title === null ? (spec.heading ?? '') : t(`metrics.${spec.title}`)
  const window = query.data
  const word = useCallback(
    (key: MetricWord, labels: Labels) => t(`metrics.${key}`, { ...namesOf(labels), from: askerOf(labels, t) }),
    [t],
  )
  const named = useMemo(
    () => spec.lines.map(({ metric, name }) => ({ metric, name: (labels: Labels) => name(labels, word) })),
    [spec, word],
  )
  const lines = useMemo(() => {
    return spec.lines.flatMap((line, index) => {
      const slices = window?.slices[index] ?? []
      // Bands behind several lines would hide them.
      const alone = spec.lines.length === 1 && slices.length === 1
      return slices
        .filter((slice) => slice.avg.some((value) => value !== null && (!spec.states || value !== 0)))
        .map((slice) => ({
          name: line.name(slice.series.labels, word),
          at: slice.at,
          avg: slice.avg,
          ...(alone ? { min: slice.min, max: slice.max } : {}),
        }))
    })
  }, [spec, word, window])
  const kept = useMemo(() => busiest(lines), [lines])
  const { stretch } = time
  const highlight = useMemo(
    () => (wanted && stretch ? { ...stretch, label: t('range.stretch') } : undefined),
    [wanted, stretch, t],
  )
  const thresholds = useMemo(() => thresholdsOf(limits, spec, t), [limits, spec, t])

  return (
    <div ref={place} className={ahead ? styles.wide : undefined}>
      <Panel label={title}>
        {ahead ? (
          <ForecastView hostId={hostId} title={title} lines={named} wanted={props.forecast} />
        ) : !near && window === undefined ? (
          <div className={styles.chartSpace}>
            <strong>{title}</strong>
          </div>
        ) : query.isError ? (
          <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />
        ) : window === undefined ? (
          <Loading />
        ) : lines.length === 0 ? (
          <>
            <strong>{title}</strong>
            <p className={styles.quiet}>{t('page.noData')}</p>
          </>
        ) : (
          <TimeChart
            title={title}
            series={kept}
            unit={spec.unit}
            threshold={thresholds}
            height={190}
            group={hostId}
            from={window.from}
            to={window.to}
            highlight={highlight}
            onWindow={time.onWindow}
          />
        )}
        {!ahead && kept.length < lines.length && (
          <p className={styles.chartNote}>{t('page.hiddenSeries', { shown: kept.length, count: lines.length })}</p>
        )}
        <Button
          size="compact-xs"
          variant={ahead ? 'light' : 'subtle'}
          className={styles.forecastToggle}
          leftSection={<TrendingUp size={13} aria-hidden="true" />}
          aria-pressed={ahead}
          aria-label={words('toggleOf', { title })}
          onClick={() => setAhead(!ahead)}
        >
          {words('toggle')}
        </Button>
      </Panel>
    </div>
  )
}

function askerOf({ from = '' }: Labels, t: (key: 'askers.laptop' | 'askers.host') => string): string {
  return isAsker(from) ? t(`askers.${from}`) : from
}

/** Every label that the words of some line may name. */
function namesOf(labels: Labels) {
  const of = (name: string) => labels[name] ?? ''
  return {
    device: of('device'),
    service: of('service'),
    core: of('core'),
    resource: of('resource'),
    kind: of('kind'),
    direction: of('direction'),
    database: of('database'),
    user: of('user'),
    url: of('url'),
    endpoint: of('endpoint'),
  }
}

/** The stage's limits on the metrics of this chart as lines across it. */
function thresholdsOf(
  limits: Limit[],
  spec: ChartSpec,
  t: (key: 'page.limit' | 'page.critical', values: { value: string }) => string,
): Threshold[] {
  const metrics = new Set(spec.lines.map((line) => line.metric))
  return limits
    .filter((limit) => metrics.has(limit.metric))
    .flatMap((limit) => {
      const text = (value: number) => formatQuantity(value, spec.unit)
      return [
        ...(limit.warning === undefined
          ? []
          : [{ value: limit.warning, label: t('page.limit', { value: text(limit.warning) }), tone: 'warn' as const }]),
        ...(limit.critical === undefined
          ? []
          : [
              {
                value: limit.critical,
                label: t('page.critical', { value: text(limit.critical) }),
                tone: 'bad' as const,
              },
            ]),
      ]
    })
}
