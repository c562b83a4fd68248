import { Button, Menu } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { alsoWords, evidenceHref } from '../../../../shared/alerts/alert-words.ts'
import { playbookHref } from '../../../../shared/alerts/answers.ts'
import { formatHeld, HOUR_MS } from '../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Alert } from '../../../../shared/model/alert.ts'
import { seriesWords } from '../../../../shared/planning/metric-words.ts'
import { now } from '../../../app/clock.ts'
import { problemFrom, useCore } from '../../../app/core.tsx'
import { ProblemNotice, Tag, type Tone } from '../../../ui/index.ts'
import styles from './alerts.module.css'
import { Answers } from './answers.tsx'
import { when } from './times.ts'

export const SEVERITY_TONE: Readonly<Record<Alert['severity'], Tone>> = {
  info: 'neutral',
  warning: 'warn',
  critical: 'bad',
}
const SNOOZES = [1, 4, 12, 24] as const

/** One alert: what is over which limit since when, what it rests on, what to do. */
export function AlertItem({ alert, wanted }: { alert: Alert; wanted: boolean }) {
  const { t } = useTranslation('alerts')
  const core = useCore()
  const item = useRef<HTMLLIElement>(null)
  const acknowledge = useMutation({
    mutationFn: (acknowledged: boolean) => core.alerts.acknowledge({ ids: [alert.id], acknowledged }),
  })
  const snooze = useMutation({
    mutationFn: (hours: number | null) =>
      core.alerts.snooze({ ids: [alert.id], until: hours === null ? null : now() + hours * HOUR_MS }),
  })
  useEffect(() => {
    if (wanted) item.current?.focus()
  }, [wanted])
  const name = t('heading', { series: seriesWords(alert.metric, alert.labels), host: alert.hostName })
  const isSnoozed = alert.snoozedUntil !== null && alert.snoozedUntil > now()
  const failed = acknowledge.isError ? acknowledge.error : snooze.isError ? snooze.error : null
  return (
    <li ref={item} tabIndex={-1} className={styles.item} data-quiet={alert.acknowledgedAt !== null || undefined}>
      <div className={styles.head}>
        <Tag tone={SEVERITY_TONE[alert.severity]}>{t(`severities.${alert.severity}`)}</Tag>
        <b>{name}</b>
        <span className={styles.now}>
          {alert.state === 'unknown'
            ? t('dataEnded')
            : t('firing', {
                value: formatQuantity((alert.current ?? alert.evidence).value, alert.unit),
                duration: formatHeld(now() - alert.since),
              })}
        </span>
        {alert.state === 'unknown' && <Tag>{t('unknownTag')}</Tag>}
        {alert.acknowledgedAt !== null && <Tag>{t('acknowledged')}</Tag>}
        {alert.muted && <Tag>{t('muted')}</Tag>}
        {isSnoozed && <Tag>{t('snoozedUntil', { at: when(alert.snoozedUntil as number, now()) })}</Tag>}
      </div>
      <p className={styles.soft}>
        {[
          alert.condition,
          t('worst', { value: formatQuantity(alert.evidence.worst, alert.unit) }),
          ...(alert.evidence.also.length > 0 ? [alsoWords(alert.evidence)] : []),
          ...(alert.evidence.at > alert.evidence.from
            ? [t('coverage', { share: formatQuantity(alert.evidence.coverage, 'ratio', { digits: 0 }) })]
            : []),
          ...(alert.reopened > 0 ? [t('reopened', { count: alert.reopened })] : []),
        ].join(' · ')}
      </p>
      {alert.action !== '' && <p>{alert.action}</p>}
      <div className={styles.links}>
        <a href={evidenceHref(alert, now())} aria-label={t('evidenceOf', { name })}>
          {t('evidence')}
        </a>
        {alert.answers.map((answer) =>
          answer.kind === 'playbook' ? (
            <a key={answer.id} href={playbookHref(answer)}>
              {t('playbook', { name: answer.name })}
            </a>
          ) : null,
        )}
        <span className={styles.buttons}>
          {isSnoozed ? (
            <Button size="compact-xs" variant="default" onClick={() => snooze.mutate(null)}>
              {t('wake')}
            </Button>
          ) : (
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <Button size="compact-xs" variant="default" aria-label={t('snoozeOf', { name })}>
                  {t('snooze')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {SNOOZES.map((hours) => (
                  <Menu.Item key={hours} onClick={() => snooze.mutate(hours)}>
                    {t('hour', { count: hours })}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
          <Button
            size="compact-xs"
            variant="default"
            loading={acknowledge.isPending}
            aria-label={alert.acknowledgedAt === null ? t('acknowledgeOf', { name }) : undefined}
            onClick={() => acknowledge.mutate(alert.acknowledgedAt === null)}
          >
            {alert.acknowledgedAt === null ? t('acknowledge') : t('unacknowledge')}
          </Button>
        </span>
      </div>
      <Answers answers={alert.answers} />
      {failed !== null && <ProblemNotice problem={problemFrom(failed)} />}
    </li>
  )
}
