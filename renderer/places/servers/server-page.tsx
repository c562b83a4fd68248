import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ArrowLeft, RefreshCw, Trash2 } from 'lucide-react'
import { type ReactNode, useCallback, useDeferredValue, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration, HOUR_MS } from '../../../shared/format/duration.ts'
import { hostAddress } from '../../../shared/format/host-address.ts'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { Host } from '../../../shared/model/host.ts'
import { now } from '../../app/clock.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { useRoute } from '../../app/route.ts'
import { locale } from '../../app/words/locale.ts'
import { EmptyState, PageHeader, Panel, ProblemNotice, QueryView, Tag } from '../../ui/index.ts'
import { AnswerPrompts } from './answer-prompts.tsx'
import { HistoryPanel } from './backfill/index.tsx'
import { HistoryOffer } from './backfill/offer.tsx'
import { chartsFor } from './chart-specs.ts'
import { CheckKey } from './check-key.tsx'
import { GiveSecret } from './give-secret.tsx'
import { HostState } from './host-state.tsx'
import { MetricChart } from './metric-chart.tsx'
import { PostgresForm } from './postgres-form.tsx'
import { RangeBar } from './range/range-bar.tsx'
import { type TimeRange, useRange } from './range/use-range.ts'
import { RemoveServerDialog } from './remove-server.tsx'
import { SampleAge } from './sample-age.tsx'
import { NowTable } from './sections/now-table.tsx'
import parts from './sections/sections.module.css'
import { expectedOf, type Section, sectionsOf, TABLES } from './sections/sections.ts'
import styles from './servers.module.css'
import { ServicesPanel } from './service-forms/index.tsx'
import { Tiles } from './tiles.tsx'
import { useFirstCharts } from './use-first-charts.ts'

export function ServerPage({ hostId }: { hostId: string }) {
  const { t } = useTranslation('servers')
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  return (
    <QueryView query={hosts}>
      {(all) => {
        const host = all.find((one) => one.id === hostId)
        if (host) return <OneServer host={host} />
        return (
          <>
            <PageHeader title={t('title')} />
            <EmptyState title={t('page.notThere')} actions={<a href="#/servers">{t('page.back')}</a>} />
          </>
        )
      }}
    </QueryView>
  )
}

function OneServer({ host }: { host: Host }) {
  const { t } = useTranslation('servers')
  const core = useCore()
  const utils = useQueryUtils()
  const series = useQuery(utils.metrics.series.queryOptions({ input: { hostId: host.id } }))
  const latest = useQuery(utils.metrics.latest.queryOptions({ input: { hostId: host.id } }))
  const sampledAt = (latest.data ?? []).reduce<number | null>(
    (most, { at }) => Math.max(most ?? 0, at),
    host.lastSampleAt,
  )
  const { query } = useRoute()
  const wanted = query.get('metric')
  // A sample has no computer behind it: nothing to connect to, to measure or to set up.
  const isReal = host.kind !== 'sample'
  const [removing, setRemoving] = useState(false)
  const time = useRange(() => ({ kind: 'last', span: now() - host.createdAt < HOUR_MS ? 'm15' : 'h6' }))
  const collect = useMutation({
    mutationFn: () => core.metrics.collect({ hostId: host.id }),
    onSuccess: (round) => {
      time.refresh()
      notifications.show({
        message: t('page.collected', { samples: round.samples, duration: formatDuration(round.probeMs) }),
      })
    },
  })
  const test = useMutation({ mutationFn: () => core.hosts.test({ hostId: host.id }) })
  const [isReady, setReady] = useState(false)
  const onCharts = useCallback(() => setReady(true), [])
  // The forms below the charts are drawn after them, and also where there are none.
  const isBare = series.isError || (series.data !== undefined && chartsFor(series.data).length === 0)
  // Once there they stay: somebody may be filling one in when the first sample comes.
  useEffect(() => {
    if (isBare) setReady(true)
  }, [isBare])
  const isWhole = useDeferredValue(isReady, false)
  const problem = collect.isError ? problemFrom(collect.error) : test.isError ? problemFrom(test.error) : host.problem
  return (
    <>
      <a href="#/servers" className={styles.back}>
        <ArrowLeft size={14} aria-hidden="true" /> {t('page.back')}
      </a>
      <PageHeader
        title={host.name}
        note={
          <>
            <HostState state={host.state} /> {isReal ? (hostAddress(host) ?? t('thisComputer')) : t('page.sample')}
            {' · '}
            {t('columns.sample')}: <SampleAge at={sampledAt} />
          </>
        }
        actions={
          <>
            {isReal && (
              <Button
                variant="default"
                leftSection={<RefreshCw size={15} aria-hidden="true" />}
                loading={collect.isPending}
                onClick={() => collect.mutate()}
              >
                {t('page.collect')}
              </Button>
            )}
            <Button
              variant="default"
              leftSection={<Trash2 size={15} aria-hidden="true" />}
              onClick={() => setRemoving(true)}
            >
              {t('page.remove')}
            </Button>
          </>
        }
      />
      {host.state === 'needs-secret' &&
        (problem?.details?.prompts === undefined ? <GiveSecret host={host} /> : <AnswerPrompts host={host} />)}
      {problem && host.state !== 'needs-secret' && (
        <div className={styles.space}>
          <ProblemNotice problem={problem}>
            {host.state === 'needs-host-key' && <CheckKey host={host} />}
            {host.state !== 'up' && host.state !== 'needs-host-key' && (
              <Button size="compact-xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
                {t('page.testAgain')}
              </Button>
            )}
          </ProblemNotice>
        </div>
      )}
      <Tiles host={host} />
      {isReal && <HistoryOffer host={host} />}
      <RangeBar time={time} />
      <Charts host={host} time={time} wanted={wanted} forecast={query.get('forecast') !== null} onCharts={onCharts} />
      {isReal && isWhole && (
        <div className={styles.below}>
          <HistoryPanel key={`history ${host.id}`} host={host} />
          <ServicesPanel key={`services ${host.id}`} host={host} />
          <PostgresForm key={host.id} host={host} />
          <Connection host={host} />
        </div>
      )}
      {removing && <RemoveServerDialog host={host} onClose={() => setRemoving(false)} />}
    </>
  )
}

function Charts(props: {
  host: Host
  time: TimeRange
  wanted: string | null
  forecast: boolean
  /** The first charts have their values. */
  onCharts: () => void
}) {
  const { host, time, wanted } = props
  const { t } = useTranslation('servers')
  const utils = useQueryUtils()
  const series = useQuery(utils.metrics.series.queryOptions({ input: { hostId: host.id } }))
  const plan = useQuery(utils.plan.current.queryOptions())
  const stage = plan.data?.plan.stages.find((one) => one.id === plan.data?.plan.stage)
  const latest = useQuery(utils.metrics.latest.queryOptions({ input: { hostId: host.id } })).data ?? []
  const round = useQuery(utils.metrics.round.queryOptions({ input: { hostId: host.id } })).data ?? null
  const services = useQuery(utils.services.list.queryOptions({ input: { hostId: host.id } })).data?.services ?? []
  const expected = expectedOf(services, host.postgres !== null)
  return (
    <QueryView query={series}>
      {(all) => {
        const charts = chartsFor(all)
        const target = charts.find((one) => one.lines.some((line) => line.metric === wanted))
        const sections = sectionsOf(charts, round?.notFound ?? [], expected)
        if (charts.length === 0)
          return (
            <Panel label={t('page.charts')}>
              <EmptyState title={t('page.noSampleYet')}>{t('page.waiting')}</EmptyState>
            </Panel>
          )
        return (
          <>
            <Jumps sections={sections} />
            <FirstThenAll first={sections.slice(0, 1)} all={sections} onFirst={props.onCharts}>
              {(section) => (
                <div key={section.id} id={`section-${section.id}`} className={parts.section}>
                  <h2 id={`title-${section.id}`} tabIndex={-1}>
                    {t(`sections.${section.id}`)}
                    {section.notFound.length > 0 && (
                      <span>{t('sections.notFound', { what: section.notFound.join('; ') })}</span>
                    )}
                  </h2>
                  {section.silent.map((text) => (
                    <p key={text} className={parts.silent}>
                      <Tag tone="warn">{t('sections.silent')}</Tag> {text}
                    </p>
                  ))}
                  <div className={parts.tables}>
                    {TABLES.filter((table) => table.section === section.id).map((table) => (
                      <NowTable key={table.id} hostId={host.id} spec={table} latest={latest} />
                    ))}
                  </div>
                  <div className={styles.charts}>
                    {section.charts.map((spec, at) => (
                      <MetricChart
                        key={spec.id}
                        hostId={host.id}
                        spec={spec}
                        time={time}
                        limits={stage?.limits ?? NO_LIMITS}
                        wanted={target?.id === spec.id}
                        isFirst={section === sections[0] && at < ON_SCREEN}
                        forecast={props.forecast && target?.id === spec.id ? wanted : null}
                      />
                    ))}
                  </div>
                </div>
              )}
            </FirstThenAll>
          </>
        )
      }}
    </QueryView>
  )
}
/** Sections of charts, of which the first are drawn at once, and the rest when their values are there. */
function FirstThenAll<T>(props: {
  first: readonly T[]
  all: readonly T[]
  onFirst: () => void
  children: (one: T) => ReactNode
}) {
  const { onFirst } = props
  const isWhole = useFirstCharts()
  useEffect(() => {
    if (isWhole) onFirst()
  }, [isWhole, onFirst])
  return (isWhole ? props.all : props.first).map(props.children)
}
const NO_LIMITS: [] = []
/** Charts that are in sight of the head of the page. */
const ON_SCREEN = 4

/** Ways to the parts of a long page, by mouse and keyboard. */
function Jumps({ sections }: { sections: readonly Section[] }) {
  const { t } = useTranslation('servers')
  if (sections.length < 3) return null
  return (
    <nav aria-label={t('sections.jumps')}>
      <ul className={parts.jumps}>
        {sections.map(({ id }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => {
                document.getElementById(`section-${id}`)?.scrollIntoView({ block: 'start' })
                document.getElementById(`title-${id}`)?.focus({ preventScroll: true })
              }}
            >
              {t(`sections.${id}`)}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** How Headroom reaches the server, and what the last round looked for and did not find. */
function Connection({ host }: { host: Host }) {
  const { t } = useTranslation('servers')
  const utils = useQueryUtils()
  const round = useQuery(utils.metrics.round.queryOptions({ input: { hostId: host.id } })).data ?? null
  return (
    <Panel title={t('page.connection')}>
      <dl className={styles.facts}>
        <dt>{t('page.address')}</dt>
        <dd>{hostAddress(host) ?? t('thisComputer')}</dd>
        <dt>{t('page.signIn')}</dt>
        <dd>
          {t(`page.authKinds.${host.authKind}`)}
          {host.authKind === 'config' && (
            <>
              {' '}
              <code>{host.address}</code>
              {host.route &&
                host.route.through.length > 0 &&
                t('page.through', { hops: host.route.through.join(', ') })}
              {host.route && host.route.by.length > 0 && t('page.bySsh', { why: host.route.by.join(', ') })}
            </>
          )}
          {host.keyPath !== null && (
            <>
              {', '}
              <code>{host.keyPath}</code>
            </>
          )}
        </dd>
        <dt>{t('page.added')}</dt>
        <dd>{new Date(host.createdAt).toLocaleString(locale())}</dd>
        {round && (
          <>
            <dt>{t('page.cost')}</dt>
            <dd>
              {round.cpuMs === null
                ? t('page.costTime', { duration: formatDuration(round.probeMs) })
                : t('page.costBoth', {
                    cpu: formatQuantity(round.cpuMs, 'milliseconds'),
                    duration: formatDuration(round.probeMs),
                  })}
            </dd>
          </>
        )}
        {round && round.notFound.length > 0 && (
          <>
            <dt>{t('page.notFound')}</dt>
            <dd>
              <ul className={styles.notFound}>
                {round.notFound.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
              <p className={styles.chartNote}>{t('page.notFoundHelp')}</p>
            </dd>
          </>
        )}
      </dl>
    </Panel>
  )
}
