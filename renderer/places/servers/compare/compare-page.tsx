import { CloseButton, Pill, Select } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../../shared/model/host.ts'
import { useQueryUtils } from '../../../app/core.tsx'
import { go, useRoute } from '../../../app/route.ts'
import { EmptyState, Loading, PageHeader, QueryView } from '../../../ui/index.ts'
import { COMPARED_MOST } from '../fleet/fleet-tools.tsx'
import { RangeBar } from '../range/range-bar.tsx'
import { useRange } from '../range/use-range.ts'
import styles from '../servers.module.css'
import own from './compare.module.css'
import { CompareChart } from './compare-chart.tsx'
import { comparedMetrics, idsOf } from './compared.ts'
import { DifferenceTable } from './difference-table.tsx'

/** Two or more servers over the same time: `#/servers/compare?ids=a,b`. */
export function ComparePage() {
  const { t } = useTranslation('servers')
  const hosts = useQuery(useQueryUtils().hosts.list.queryOptions())
  return (
    <>
      <a href="#/servers" className={styles.back}>
        <ArrowLeft size={14} aria-hidden="true" /> {t('page.back')}
      </a>
      <QueryView query={hosts}>{(all) => <Compared all={all} />}</QueryView>
    </>
  )
}

function Compared({ all }: { all: readonly Host[] }) {
  const { t } = useTranslation('servers')
  const { query } = useRoute()
  const wanted = idsOf(query).slice(0, COMPARED_MOST)
  const hosts = wanted.flatMap((id) => all.find((host) => host.id === id) ?? [])
  const time = useRange(() => ({ kind: 'last', span: 'h6' }))
  const change = (ids: readonly string[]) => {
    const next = new URLSearchParams(query)
    next.delete('ids')
    const rest = next.toString()
    go(`/servers/compare?ids=${ids.map(encodeURIComponent).join(',')}${rest === '' ? '' : `&${rest}`}`)
  }
  const others = all.filter((host) => !wanted.includes(host.id))
  return (
    <>
      <PageHeader title={t('compare.title')} note={t('compare.note', { count: hosts.length })} />
      <div className={own.tools}>
        {hosts.map((host) => (
          <Pill key={host.id} size="md">
            {host.name}
            <CloseButton
              size="xs"
              variant="transparent"
              aria-label={t('compare.remove', { name: host.name })}
              onClick={() => change(wanted.filter((id) => id !== host.id))}
            />
          </Pill>
        ))}
        {hosts.length < COMPARED_MOST && others.length > 0 && (
          <Select
            key={wanted.join(' ')}
            aria-label={t('compare.add')}
            placeholder={t('compare.add')}
            searchable
            limit={30}
            w={190}
            size="xs"
            value={null}
            onChange={(id) => id !== null && change([...wanted, id])}
            data={others.map((host) => ({ value: host.id, label: host.name }))}
          />
        )}
        {hosts.length < wanted.length && (
          <span className={own.quiet}>{t('compare.gone', { count: wanted.length - hosts.length })}</span>
        )}
      </div>
      {hosts.length < 2 ? (
        <EmptyState title={t('compare.tooFew')}>{t('compare.tooFewHelp')}</EmptyState>
      ) : (
        <>
          <RangeBar time={time} />
          <DifferenceTable hosts={hosts} time={time} />
          <Charts hosts={hosts} time={time} />
        </>
      )}
    </>
  )
}

function Charts({ hosts, time }: { hosts: readonly Host[]; time: ReturnType<typeof useRange> }) {
  const { t } = useTranslation('servers')
  const utils = useQueryUtils()
  const series = useQueries({
    queries: hosts.map((host) => utils.metrics.series.queryOptions({ input: { hostId: host.id } })),
  })
  if (series.some(({ isPending }) => isPending)) return <Loading />
  const metrics = comparedMetrics(series.map(({ data }) => data ?? []))
  if (metrics.length === 0) return <EmptyState title={t('compare.nothing')} />
  return (
    <div className={own.charts}>
      {metrics.map((shown) => (
        <CompareChart key={shown.metric} hosts={hosts} shown={shown} time={time} />
      ))}
    </div>
  )
}
