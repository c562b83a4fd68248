import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import { METRICS } from '../../../../shared/metrics/catalogue.ts'
import type { FleetRunway } from '../../../../shared/model/forecast.ts'
import type { Latest } from '../../../../shared/model/metric.ts'
import { useQueryUtils } from '../../../app/core.tsx'
import { locale } from '../../../app/words/locale.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import { containerName, isAsker } from '../chart-specs.ts'
import styles from './sections.module.css'
import { type TableId, type TableSpec, tableRows } from './sections.ts'

/** More rows than this are counted, not shown. */
const ROWS_MOST = 12

/** What is there now, a row each: disks, containers, pools, certificates. Nothing where there is none. */
export function NowTable({
  hostId,
  spec,
  latest,
}: {
  hostId: string
  spec: TableSpec & { id: TableId }
  latest: readonly Latest[]
}) {
  const { t } = useTranslation('servers')
  const rows = tableRows(spec, latest)
  const shown = rows.slice(0, ROWS_MOST)
  const metrics = spec.metrics.filter((_, column) => rows.some(({ values }) => values[column] !== undefined))
  const full = useFullDates(hostId, spec.id === 'disks')
  if (rows.length === 0) return null
  return (
    <Panel title={t(`tables.${spec.id}`)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={styles.scroll} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {spec.by.map((label) => (
                <th key={label} scope="col">
                  {t(`labels.${label as 'name'}`)}
                </th>
              ))}
              {metrics.map((metric) => (
                <th key={metric} scope="col" className={styles.right}>
                  {t(`heads.${metric as 'disk_used_ratio'}`)}
                </th>
              ))}
              {spec.id === 'disks' && (
                <th scope="col" className={styles.right}>
                  {t('tables.fullOn')}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.key}>
                {row.labels.map((label, index) => (
                  <th key={spec.by[index]} scope="row" title={label} className={styles.label}>
                    {spec.by[index] === 'from' && isAsker(label) ? t(`askers.${label}`) : shortened(spec.id, label)}
                  </th>
                ))}
                {metrics.map((metric) => (
                  <td key={metric} className={styles.right}>
                    <Cell
                      metric={metric}
                      value={row.values[spec.metrics.indexOf(metric)]}
                      isFlag={spec.flags?.includes(metric) ?? false}
                    />
                  </td>
                ))}
                {spec.id === 'disks' && (
                  <td className={styles.right}>
                    <FullDate hostId={hostId} runway={full(row.labels[0] ?? '')} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <p className={styles.note}>{t('tables.more', { shown: shown.length, count: rows.length })}</p>
      )}
    </Panel>
  )
}

/** A label without what only tells it apart from others; all of it is its title. */
function shortened(table: TableId, label: string): string {
  if (table === 'statements') return label.replace(/^-?\d+ /, '')
  return table === 'containers' ? containerName(label) : label
}

function Cell({ metric, value, isFlag }: { metric: string; value: number | undefined; isFlag: boolean }) {
  const { t } = useTranslation('servers')
  if (value === undefined) return <span title={t('notMeasured')}>–</span>
  if (metric === 'systemd_unit_failed')
    return <Tag tone={value > 0 ? 'bad' : 'good'}>{t(value > 0 ? 'flags.failed' : 'flags.runs')}</Tag>
  if (isFlag) return <Tag tone={value > 0 ? 'good' : 'bad'}>{t(value > 0 ? 'flags.yes' : 'flags.no')}</Tag>
  if (metric === 'http_status') return value === 0 ? t('flags.noAnswer') : value
  return formatQuantity(value, METRICS[metric]?.unit ?? 'count')
}

/** When each disk is full, from the forecasts of the fleet, which are made in the background. */
function useFullDates(hostId: string, wanted: boolean): (mount: string) => FleetRunway | undefined {
  const utils = useQueryUtils()
  const query = useQuery({
    ...utils.forecast.runways.queryOptions({ input: { hostId } }),
    staleTime: 60_000,
    refetchInterval: 300_000,
    enabled: wanted,
  })
  const own = query.data?.runways.filter(({ origin }) => origin === 'full') ?? []
  return (mount) => own.find((one) => one.labels.mount === mount)
}

function FullDate({ hostId, runway }: { hostId: string; runway: FleetRunway | undefined }) {
  const { t } = useTranslation('servers')
  if (!runway) return <span className={styles.quiet}>{t('tables.noForecast')}</span>
  const date = (at: number) => new Date(at).toLocaleDateString(locale(), { dateStyle: 'medium' })
  const { runway: found } = runway
  const shown =
    found === null
      ? t('tables.tooShort')
      : found.kind === 'past'
        ? t('tables.full')
        : found.kind === 'beyond'
          ? t('tables.notBefore', { date: date(found.until) })
          : found.at === null
            ? t('tables.notBefore', { date: date(found.earliest) })
            : date(found.at)
  return (
    <a
      href={`#/servers/${encodeURIComponent(hostId)}?metric=${encodeURIComponent(runway.metric)}&forecast=1`}
      title={runway.words}
    >
      {shown}
    </a>
  )
}
