import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatLocale } from '../../../../shared/format/locale.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Host } from '../../../../shared/model/host.ts'
import type { Unit } from '../../../../shared/model/metric.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { Loading, Panel, ProblemNotice } from '../../../ui/index.ts'
import type { TimeRange } from '../range/use-range.ts'
import styles from './compare.module.css'
import { differenceOf, type Figures, figuresOf } from './figures.ts'

const WIDTH_PX = 300
const KEPT_MS = 5_000

/** The figures that two servers are told apart by, each with what of the stretch counts. */
const ROWS = [
  { id: 'cores', metric: 'cpu_cores', figure: 'last', unit: 'count' },
  { id: 'cpuMean', metric: 'cpu_used_ratio', figure: 'mean', unit: 'ratio' },
  { id: 'cpuHighest', metric: 'cpu_used_ratio', figure: 'highest', unit: 'ratio' },
  { id: 'loadMean', metric: 'load1', figure: 'mean', unit: 'load' },
  { id: 'steal', metric: 'cpu_steal_ratio', figure: 'mean', unit: 'ratio' },
  { id: 'memoryTotal', metric: 'memory_total_bytes', figure: 'last', unit: 'bytes' },
  { id: 'memoryMean', metric: 'memory_used_ratio', figure: 'mean', unit: 'ratio' },
  { id: 'memoryHighest', metric: 'memory_used_ratio', figure: 'highest', unit: 'ratio' },
  { id: 'swap', metric: 'swap_used_ratio', figure: 'highest', unit: 'ratio' },
  { id: 'disk', metric: 'disk_used_ratio', figure: 'last', unit: 'ratio' },
  { id: 'busy', metric: 'disk_busy_ratio', figure: 'mean', unit: 'ratio' },
  { id: 'received', metric: 'network_receive_bytes_per_second', figure: 'mean', unit: 'bytes_per_second' },
  { id: 'sent', metric: 'network_transmit_bytes_per_second', figure: 'mean', unit: 'bytes_per_second' },
  { id: 'connections', metric: 'postgres_connections_total', figure: 'highest', unit: 'count' },
  { id: 'response', metric: 'http_response_p95_ms', figure: 'mean', unit: 'milliseconds' },
] as const satisfies readonly { id: string; metric: string; figure: keyof Figures; unit: Unit }[]
const METRICS = [...new Set(ROWS.map(({ metric }) => metric))]

/** Key figures of the stretch shown, side by side; the first server is what the others are compared with. */
export function DifferenceTable({ hosts, time }: { hosts: readonly Host[]; time: TimeRange }) {
  const { t } = useTranslation('servers')
  const core = useCore()
  const utils = useQueryUtils()
  const ids = hosts.map(({ id }) => id)
  const { from, to } = time.window
  const query = useQuery({
    queryKey: [...utils.metrics.slice.key(), { figures: ids, from, to }],
    queryFn: ({ signal }) =>
      Promise.all(
        ids.map(async (hostId) => {
          const slices = METRICS.map((metric) =>
            core.metrics.slice({ hostId, metric, from, to, widthPx: WIDTH_PX }, { signal }),
          )
          const read = await Promise.all(slices)
          return new Map(METRICS.map((metric, index) => [metric, figuresOf(read[index] ?? [])]))
        }),
      ),
    placeholderData: keepPreviousData,
    gcTime: KEPT_MS,
    enabled: !time.moving,
  })
  const { data } = query
  if (query.isError) return <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />
  const rows = data
    ? ROWS.map((row) => ({ ...row, values: data.map((of) => of.get(row.metric)?.[row.figure] ?? null) })).filter(
        ({ values }) => values.some((value) => value !== null),
      )
    : []
  return (
    <Panel
      title={t('compare.figures')}
      aside={<span className={styles.quiet}>{t('compare.against', { name: hosts[0]?.name ?? '' })}</span>}
    >
      {data === undefined ? (
        <Loading />
      ) : rows.length === 0 ? (
        <p className={styles.quiet}>{t('page.noData')}</p>
      ) : (
        <div className={styles.scroll}>
          <table className={styles.figures} aria-label={t('compare.figures')}>
            <thead>
              <tr>
                <th scope="col">{t('compare.figure')}</th>
                {hosts.map((host) => (
                  <th key={host.id} scope="col">
                    <a href={`#/servers/${encodeURIComponent(host.id)}`}>{host.name}</a>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ id, unit, values }) => (
                <tr key={id}>
                  <th scope="row">{t(`compare.rows.${id}`)}</th>
                  {hosts.map((host, index) => (
                    <td key={host.id}>
                      <Value
                        value={values[index] ?? null}
                        reference={index === 0 ? null : (values[0] ?? null)}
                        unit={unit}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}

function Value({ value, reference, unit }: { value: number | null; reference: number | null; unit: Unit }) {
  const { t } = useTranslation('servers')
  if (value === null) return <span title={t('notMeasured')}>–</span>
  const shown = formatQuantity(value, unit)
  if (reference === null) return shown
  const { by, times } = differenceOf(value, reference)
  if (formatQuantity(reference, unit) === shown)
    return (
      <>
        {shown} <small>{t('compare.same')}</small>
      </>
    )
  const sign = by > 0 ? '+' : '−'
  const size =
    unit === 'ratio'
      ? t('compare.points', {
          value: new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 1 }).format(Math.abs(by) * 100),
        })
      : formatQuantity(Math.abs(by), unit)
  return (
    <>
      {shown}{' '}
      <small>
        {sign}
        {size}
        {times !== null && ` (${times.toFixed(times < 10 ? 2 : 0)}×)`}
      </small>
    </>
  )
}
