import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DAY_MS, HOUR_MS } from '../../../shared/format/duration.ts'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { FleetRunway } from '../../../shared/model/forecast.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { span, subjectWords } from '../../../shared/planning/forecast/runway-words.ts'
import { useNow } from '../../app/clock.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { locale } from '../../app/words/locale.ts'
import { Folded, Loading, Panel, ProblemNotice, Tag } from '../../ui/index.ts'
import { toneOf } from '../servers/forecast/tone.ts'
import styles from './now.module.css'

/** So many are read and drawn at first, and with each further step: a large fleet has thousands. */
const SHOWN_FIRST = 25
const SHOWN_MORE = 100

/** When each limit, trigger and disk is reached, nearest first; each opens the forecast it comes from. */
export function Runways({ plan }: { plan: Plan | null }) {
  const { t } = useTranslation('forecast')
  const utils = useQueryUtils()
  const [most, setMost] = useState(SHOWN_FIRST)
  const query = useQuery({
    ...utils.forecast.runways.queryOptions({ input: { most } }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchInterval: 300_000,
  })
  const pending = query.data?.pending ?? 0
  return (
    <Panel
      title={t('panel.title')}
      aside={pending > 0 && <span className={styles.small}>{t('panel.pending', { count: pending })}</span>}
    >
      {query.isError ? (
        <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <>
          <RunwayList runways={query.data.runways} plan={plan} making={pending > 0} />
          {query.data.left > 0 && (
            <Button
              size="compact-xs"
              variant="default"
              loading={query.isPlaceholderData}
              onClick={() => setMost((before) => before + SHOWN_MORE)}
            >
              {t('panel.more', { count: query.data.left })}
            </Button>
          )}
        </>
      ) : (
        <Loading />
      )}
    </Panel>
  )
}

function RunwayList(props: { runways: readonly FleetRunway[]; plan: Plan | null; making: boolean }) {
  const { runways, plan } = props
  const { t } = useTranslation('forecast')
  const dated = runways.filter((one) => one.runway?.kind === 'past' || one.runway?.kind === 'dated')
  const others = runways.filter((one) => !dated.includes(one))
  return (
    <>
      {dated.length === 0 && (
        <p className={styles.soft}>
          {runways.some((one) => one.runway !== null)
            ? t('panel.none', { count: runways.length })
            : t(props.making ? 'panel.noneMade' : 'panel.noneYet')}
        </p>
      )}
      {dated.length > 0 && <RunwayTable runways={dated} plan={plan} label={t('panel.title')} />}
      {others.length > 0 && (
        <Folded className={styles.unknown} summary={t('panel.others', { count: others.length })}>
          {() => (
            <ul className={styles.reasons}>
              {[...new Set(others.map((one) => (one.runway ? one.words : `${subjectWords(one)}: ${one.words}`)))].map(
                (words) => (
                  <li key={words}>{words}</li>
                ),
              )}
            </ul>
          )}
        </Folded>
      )}
    </>
  )
}

function RunwayTable(props: { runways: readonly FleetRunway[]; plan: Plan | null; label: string }) {
  const { t } = useTranslation('forecast')
  return (
    <table className={`${styles.table} ${styles.runways}`} aria-label={props.label}>
      <thead>
        <tr>
          <th scope="col">{t('panel.what')}</th>
          <th scope="col">{t('panel.reaches')}</th>
          <th scope="col">{t('panel.when')}</th>
          <th scope="col">{t('panel.range')}</th>
        </tr>
      </thead>
      <tbody>
        {props.runways.map((one) => (
          <Row
            key={`${one.hostId} ${subjectWords(one)} ${one.origin} ${one.id} ${one.severity} ${one.threshold}`}
            one={one}
            stage={props.plan?.stages.find((stage) => stage.id === one.toStage)?.name ?? null}
          />
        ))}
      </tbody>
    </table>
  )
}

function Row({ one, stage }: { one: FleetRunway; stage: string | null }) {
  const { t } = useTranslation('forecast')
  const now = useNow()
  const { runway } = one
  const what = subjectWords(one)
  const leads = stage === null ? '' : `, ${t('panel.leadsTo', { stage })}`
  const severity = one.origin === 'limit' ? `, ${t(`severity.${one.severity}`)}` : ''
  const date = (at: number) => new Date(at).toLocaleDateString(locale(), { dateStyle: 'medium' })
  return (
    <tr>
      <th scope="row">
        <a
          href={`#/servers/${encodeURIComponent(one.hostId)}?metric=${encodeURIComponent(one.metric)}&forecast=1`}
          aria-label={t('panel.open_of', { what })}
        >
          {what}
        </a>
        <small>
          {one.name}
          {severity}
          {leads}
        </small>
      </th>
      <td>{formatQuantity(one.threshold, one.unit)}</td>
      <td>
        {runway?.kind === 'past' ? (
          <Tag tone={toneOf(one)}>{t('panel.past')}</Tag>
        ) : runway?.kind === 'dated' && runway.at !== null ? (
          <>
            <b>{inWords(runway.at - now, t)}</b>
            <small>{date(runway.at)}</small>
          </>
        ) : (
          t('panel.maybe')
        )}
      </td>
      <td>
        {runway?.kind === 'dated' &&
          (runway.latest === null
            ? t('panel.open', { from: span(runway.earliest - now) })
            : `${span(runway.earliest - now)} – ${span(runway.latest - now)}`)}
      </td>
    </tr>
  )
}

type Word = ReturnType<typeof useTranslation<'forecast'>>['t']

function inWords(ms: number, t: Word): string {
  if (ms >= 2 * DAY_MS) return t('panel.days', { count: Math.round(ms / DAY_MS) })
  return ms >= HOUR_MS ? t('panel.hours', { count: Math.round(ms / HOUR_MS) }) : t('panel.soon')
}
