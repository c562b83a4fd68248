import { Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DAY_MS, formatDuration } from '../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { SeriesForecast, ThresholdRunway } from '../../../../shared/model/forecast.ts'
import type { Labels } from '../../../../shared/model/metric.ts'
import { errorWords, span } from '../../../../shared/planning/forecast/runway-words.ts'
import { now } from '../../../app/clock.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { locale } from '../../../app/words/locale.ts'
import { type Threshold, TimeChart } from '../../../charts/index.ts'
import { EmptyState, Loading, ProblemNotice, Tag } from '../../../ui/index.ts'
import styles from './forecast.module.css'
import { CandidateTable, EarlierTable } from './forecast-tables.tsx'
import { toneOf } from './tone.ts'

type Made = Extract<SeriesForecast['result'], { kind: 'forecast' }>

/** The forecasts of a chart's metrics, one series at a time: the band, when it reaches what, and how far to trust it. */
export function ForecastView(props: {
  hostId: string
  title: string
  lines: readonly { metric: string; name: (labels: Labels) => string }[]
  wanted: string | null
}) {
  const { hostId, title, lines, wanted } = props
  const { t } = useTranslation('forecast')
  const core = useCore()
  const utils = useQueryUtils()
  const [picked, setPicked] = useState<string | null>(null)
  const series = useQuery(utils.metrics.series.queryOptions({ input: { hostId } }))
  const choices = useMemo(
    () =>
      lines.flatMap(({ metric, name }) =>
        (series.data ?? [])
          .filter((one) => one.metric === metric)
          .map((one) => ({ value: String(one.id), label: name(one.labels), series: one })),
      ),
    [lines, series.data],
  )
  const chosen =
    choices.find((one) => one.value === picked) ?? choices.find((one) => one.series.metric === wanted) ?? choices[0]
  const query = useQuery({
    queryKey: [...utils.forecast.series.key(), { hostId, series: chosen?.value }],
    enabled: chosen !== undefined,
    queryFn: async ({ signal }) => {
      const { metric, labels } = chosen?.series ?? { metric: '', labels: {} }
      const all = await core.forecast.series({ hostId, metric, labels }, { signal })
      return all.find((one) => Object.keys(one.labels).length === Object.keys(labels).length) ?? all[0] ?? null
    },
    placeholderData: keepPreviousData,
    staleTime: 600_000,
  })
  return (
    <div className={styles.view}>
      {choices.length > 1 && (
        <Select
          size="xs"
          label={t('which')}
          className={styles.which}
          data={choices.map(({ value, label }) => ({ value, label }))}
          value={chosen?.value ?? null}
          onChange={setPicked}
          allowDeselect={false}
          searchable={choices.length > 8}
        />
      )}
      {query.isError ? (
        <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <OneForecast one={query.data} title={title} />
      ) : (
        <div className={styles.making}>
          <Loading />
          <p>{t('making')}</p>
        </div>
      )}
    </div>
  )
}

function OneForecast({ one, title }: { one: SeriesForecast; title: string }) {
  const { t } = useTranslation('forecast')
  const { result } = one
  if (result.kind === 'too-short') {
    return (
      <EmptyState title={t('tooShort')}>
        {result.fact} {result.fix}
      </EmptyState>
    )
  }
  const age = now() - result.last.at - result.sampling.intervalMs
  return (
    <>
      <ForecastChart one={one} made={result} title={title} />
      {age > 2 * result.sampling.intervalMs + DAY_MS / 24 && (
        <p className={styles.note}>{t('stale', { age: formatDuration(age) })}</p>
      )}
      <Runways runways={one.runways} />
      <Facts one={one} made={result} />
      <CandidateTable made={result} />
      <EarlierTable one={one} />
    </>
  )
}

function ForecastChart({ one, made, title }: { one: SeriesForecast; made: Made; title: string }) {
  const { t } = useTranslation('forecast')
  const share = percent(made.level)
  const series = useMemo(() => {
    // A step's mean stands in its middle; the course begins at the last value that was measured.
    const half = made.sampling.step === 'fixed' ? made.sampling.intervalMs / 2 : 0
    const { at, value } = made.last
    return [
      { name: t('measured'), at: one.history.at, avg: one.history.value },
      {
        name: t('ahead', { share }),
        at: [at + half, ...made.at.map((step) => step + half)],
        avg: [value, ...made.point],
        min: [value, ...made.low],
        max: [value, ...made.high],
      },
    ]
  }, [one, made, share, t])
  const thresholds = useMemo(() => linesOf(one), [one])
  return (
    <TimeChart
      title={t('titleOf', { title })}
      series={series}
      unit={one.unit}
      threshold={thresholds}
      height={210}
      from={one.history.at[0] ?? made.last.at}
      to={made.at.at(-1) ?? made.last.at}
    />
  )
}

const LABEL_ROOM = 0.09

/** One line a value; the gravest label names it. */
function linesOf(one: SeriesForecast): Threshold[] {
  const lines = new Map<number, Threshold>()
  for (const { threshold, severity, origin } of one.runways) {
    if (lines.get(threshold)?.tone === 'bad') continue
    const tone = severity === 'critical' ? 'bad' : severity === 'warning' ? 'warn' : 'soft'
    // A full disk is the top of the chart; a line there would only press the rest together.
    if (origin !== 'full') lines.set(threshold, { value: threshold, label: formatQuantity(threshold, one.unit), tone })
  }
  const all = [...lines.values()].sort((a, b) => b.value - a.value)
  const top = all[0]?.value ?? 0
  // Labels nearer to each other than they are high would be drawn over one another.
  return all.map((line, i) => {
    const above = all[i - 1]
    return above && above.value - line.value < LABEL_ROOM * top ? { ...line, label: '' } : line
  })
}

function Runways({ runways }: { runways: readonly ThresholdRunway[] }) {
  const { t } = useTranslation('forecast')
  if (runways.length === 0) return <p className={styles.note}>{t('noThreshold')}</p>
  return (
    <ul className={styles.runways} aria-label={t('runways')}>
      {bySoonest(runways).map((one) => (
        <li key={`${one.origin} ${one.id} ${one.severity} ${one.threshold}`}>
          <span>{one.words}</span>
          <Tag tone={toneOf(one)}>
            {one.origin === 'limit' ? `${one.name}, ${t(`severity.${one.severity}`)}` : one.name}
          </Tag>
        </li>
      ))}
    </ul>
  )
}

const RANKS = { past: 0, dated: 1, beyond: 2 } as const
function bySoonest(runways: readonly ThresholdRunway[]): ThresholdRunway[] {
  const rank = ({ runway }: ThresholdRunway) => (runway ? RANKS[runway.kind] : 3)
  const date = ({ runway }: ThresholdRunway) => (runway?.kind === 'dated' ? (runway.at ?? runway.until) : 0)
  return [...runways].sort((a, b) => rank(a) - rank(b) || date(a) - date(b) || a.threshold - b.threshold)
}

function Facts({ one, made }: { one: SeriesForecast; made: Made }) {
  const { t } = useTranslation('forecast')
  const { sampling, backtest } = made
  const rows: [string, ReactNode][] = [
    [t('model'), made.model.name],
    [
      t('error'),
      t('errorFrom', {
        mae: errorWords(backtest.mae, one.unit),
        mase: formatQuantity(backtest.mase, 'load'),
        folds: backtest.folds,
      }),
    ],
    [
      t('coverage'),
      backtest.coverage === null
        ? t('coverageNone')
        : t('coverageText', { share: percent(backtest.coverage), level: percent(made.level) }),
    ],
    [
      t('seasons'),
      made.seasons.length === 0
        ? t('noSeason')
        : made.seasons.map((steps) => formatDuration(steps * sampling.intervalMs)).join(', '),
    ],
    [
      t('history'),
      t('historyText', {
        span: span(sampling.to - sampling.from + sampling.intervalMs),
        step: formatDuration(sampling.intervalMs),
        coverage: percent(sampling.coverage),
      }),
    ],
    [t('reach'), t('reachText', { span: span((made.at.at(-1) ?? 0) - made.last.at) })],
    [t('dates'), t('datesText')],
    [t('madeAt'), new Date(one.madeAt).toLocaleString(locale())],
  ]
  return (
    <>
      <h3 className={styles.heading}>{t('facts')}</h3>
      <dl className={styles.facts}>
        {rows.map(([name, content]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{content}</dd>
          </div>
        ))}
      </dl>
      {made.notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
    </>
  )
}

const percent = (share: number): string => formatQuantity(share, 'ratio', { digits: 0 })
