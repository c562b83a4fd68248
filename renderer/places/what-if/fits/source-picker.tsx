import { NativeSelect, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SeriesSource } from '../../../../shared/contract/fit.ts'
import { DAY_MS } from '../../../../shared/format/duration.ts'
import { METRICS } from '../../../../shared/metrics/catalogue.ts'
import type { Series } from '../../../../shared/model/metric.ts'
import { now } from '../../../app/clock.ts'
import { useQueryUtils } from '../../../app/core.tsx'
import { EmptyState, Loading } from '../../../ui/index.ts'
import { CsvSource } from './csv-source.tsx'
import styles from './fits.module.css'

/** A series to fit, with the name that is kept beside what came of it. */
export interface PickedSeries {
  source: SeriesSource
  name: string
}

const WINDOWS = [7, 30, 90, 365] as const

/** Where a series comes from: a CSV, or what was measured on a server. `metric` is chosen at first where it was measured. */
export function SourcePicker(props: {
  label: string
  start: 'csv' | 'measured'
  metric?: string | undefined
  onPick: (picked: PickedSeries | null) => void
}) {
  const { t } = useTranslation('fits')
  const { onPick } = props
  const [from, setFrom] = useState(props.start)
  const labelId = useId()
  const read = useCallback(
    (reading: { values: { at: number; value: number }[] } | null, name: string) =>
      onPick(reading && { source: { values: reading.values, name: name.slice(0, 200) }, name: name.slice(0, 200) }),
    [onPick],
  )
  return (
    <div className={styles.stack}>
      <span className={styles.label} id={labelId}>
        {props.label}
      </span>
      <SegmentedControl
        aria-labelledby={labelId}
        size="xs"
        fullWidth
        value={from}
        data={[
          { value: 'csv', label: t('source.csv') },
          { value: 'measured', label: t('source.measured') },
        ]}
        onChange={(value) => {
          setFrom(value === 'measured' ? 'measured' : 'csv')
          onPick(null)
        }}
      />
      {from === 'csv' ? (
        <CsvSource label={props.label} onReading={read} />
      ) : (
        <MeasuredSource label={props.label} metric={props.metric} onPick={onPick} />
      )}
    </div>
  )
}

const seriesKey = (one: Series) => JSON.stringify([one.metric, one.labels])

function seriesName(one: Series): string {
  const labels = Object.values(one.labels)
  return `${METRICS[one.metric]?.words ?? one.metric}${labels.length > 0 ? ` ${labels.join(' ')}` : ''}`
}

function MeasuredSource(props: {
  label: string
  metric?: string | undefined
  onPick: (picked: PickedSeries | null) => void
}) {
  const { t } = useTranslation('fits')
  const { onPick, metric } = props
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const [host, setHost] = useState<string | null>(null)
  const hostId = host ?? hosts.data?.[0]?.id ?? null
  const hostName = hosts.data?.find((one) => one.id === hostId)?.name ?? ''
  const query = useQuery({
    ...utils.metrics.series.queryOptions({ input: { hostId: hostId ?? '' } }),
    enabled: hostId !== null,
  })
  const all = useMemo(
    () => [...(query.data ?? [])].sort((a, b) => seriesName(a).localeCompare(seriesName(b))),
    [query.data],
  )
  const [wanted, setWanted] = useState<string | null>(null)
  const [days, setDays] = useState<number>(30)
  const [until] = useState(now)
  const chosen = all.find((one) => seriesKey(one) === wanted) ?? all.find((one) => one.metric === metric) ?? all[0]
  const key = chosen ? seriesKey(chosen) : null

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the series, which every answer makes anew
  useEffect(() => {
    if (!chosen || hostId === null) {
      onPick(null)
      return
    }
    onPick({
      source: { hostId, metric: chosen.metric, labels: chosen.labels, from: until - days * DAY_MS, to: until },
      name: `${hostName}: ${seriesName(chosen)}`.slice(0, 200),
    })
  }, [hostId, hostName, key, days, until, onPick])

  if (hosts.isPending) return <Loading />
  if ((hosts.data ?? []).length === 0)
    return <EmptyState title={t('source.noServers')}>{t('source.noServersHelp')}</EmptyState>
  return (
    <div className={styles.stack}>
      <NativeSelect
        size="xs"
        label={t('source.server')}
        data={(hosts.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
        value={hostId ?? ''}
        onChange={(event) => setHost(event.currentTarget.value)}
      />
      {all.length === 0 ? (
        query.isPending ? (
          <Loading />
        ) : (
          <p className={styles.small}>{t('source.nothing')}</p>
        )
      ) : (
        <NativeSelect
          size="xs"
          label={t('source.series')}
          data={all.map((one) => ({ value: seriesKey(one), label: seriesName(one) }))}
          value={key ?? ''}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <NativeSelect
        size="xs"
        label={t('source.window')}
        data={WINDOWS.map((one) => ({ value: String(one), label: t('source.days', { count: one }) }))}
        value={String(days)}
        onChange={(event) => setDays(Number(event.currentTarget.value))}
      />
    </div>
  )
}
