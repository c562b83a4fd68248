import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Latest } from '../../../shared/model/metric.ts'
import { useQueryUtils } from '../../app/core.tsx'
import styles from './servers.module.css'

interface Tile {
  name: string
  value: string
  note: string
}

/** The newest figures of a server in one row; what was not measured is not shown. */
export function Tiles({ host }: { host: Host }) {
  const { t } = useTranslation('servers')
  const utils = useQueryUtils()
  const latest = useQuery(utils.metrics.latest.queryOptions({ input: { hostId: host.id } }))
  const tiles = latest.data ? tilesOf(latest.data, t) : []
  if (tiles.length === 0) return null
  return (
    <dl className={styles.tiles} aria-label={t('page.overview')}>
      {tiles.map((tile) => (
        <div key={tile.name} className={styles.tile}>
          <dt>{tile.name}</dt>
          <dd>
            {tile.value}
            <small title={tile.note}>{tile.note || ' '}</small>
          </dd>
        </div>
      ))}
    </dl>
  )
}

type Word = ReturnType<typeof useTranslation<'servers'>>['t']

function tilesOf(latest: readonly Latest[], t: Word): Tile[] {
  const value = (metric: string) => latest.find((one) => one.series.metric === metric)?.value
  const worst = latest
    .filter((one) => one.series.metric === 'disk_used_ratio')
    .reduce<Latest | undefined>((most, one) => (most === undefined || one.value > most.value ? one : most), undefined)
  const mount = worst?.series.labels.mount
  const free = latest.find((one) => one.series.metric === 'disk_free_bytes' && one.series.labels.mount === mount)?.value
  const cores = value('cpu_cores')
  const total = value('memory_total_bytes')
  const max = value('postgres_connections_max')
  const tiles: Tile[] = []
  const add = (name: string, shown: string | undefined, note: string) => {
    if (shown !== undefined) tiles.push({ name, value: shown, note })
  }
  const ratio = (metric: string) => quantity(value(metric), 'ratio')
  add(t('tiles.cpu'), ratio('cpu_used_ratio'), quantity(cores, 'cores') ?? '')
  add(
    t('tiles.memory'),
    ratio('memory_used_ratio'),
    total === undefined ? '' : t('tiles.of', { all: formatQuantity(total, 'bytes') }),
  )
  add(
    t('tiles.disk'),
    quantity(worst?.value, 'ratio'),
    [mount, free === undefined ? undefined : t('tiles.free', { free: formatQuantity(free, 'bytes') })]
      .filter(Boolean)
      .join(', '),
  )
  add(
    t('tiles.load'),
    quantity(value('load1'), 'load'),
    t('tiles.load15', { load: quantity(value('load15'), 'load') ?? '–' }),
  )
  add(t('tiles.swap'), ratio('swap_used_ratio'), quantity(value('swap_used_bytes'), 'bytes') ?? '')
  add(
    t('tiles.postgres'),
    quantity(value('postgres_connections_total'), 'count'),
    max === undefined ? '' : t('tiles.of', { all: max }),
  )
  add(t('tiles.uptime'), quantity(value('uptime_seconds'), 'seconds'), '')
  return tiles
}

function quantity(value: number | undefined, unit: Parameters<typeof formatQuantity>[1]): string | undefined {
  return value === undefined ? undefined : formatQuantity(value, unit)
}
