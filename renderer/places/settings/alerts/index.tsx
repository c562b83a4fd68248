import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { HOUR_MS } from '../../../../shared/format/duration.ts'
import type { AlertRule } from '../../../../shared/model/alert.ts'
import { now } from '../../../app/clock.ts'
import { problemFrom, type QueryUtils, useCore, useQueryUtils } from '../../../app/core.tsx'
import { EmptyState, Panel, ProblemNotice, QueryView, Tag } from '../../../ui/index.ts'
import { SEVERITY_TONE } from '../../now/alerts/alert-item.tsx'
import { when } from '../../now/alerts/times.ts'
import shared from '../settings.module.css'
import { RuleDialog } from './rule-dialog.tsx'
import styles from './rules.module.css'

type Rule = Awaited<ReturnType<ReturnType<QueryUtils['alerts']['rules']['queryOptions']>['queryFn'] & object>>[number]

const MUTES = [1, 4, 12, 24, 72] as const

/** The rules in force: the plan's, and the operator's own. */
export function AlertRules() {
  const { t } = useTranslation('alerts')
  const utils = useQueryUtils()
  const rules = useQuery({ ...utils.alerts.rules.queryOptions(), refetchInterval: 30_000 })
  const [edited, setEdited] = useState<AlertRule | 'new' | null>(null)
  return (
    <Panel
      section="rules"
      title={t('settings.rules')}
      className={shared.wide}
      aside={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Plus size={14} aria-hidden="true" />}
          onClick={() => setEdited('new')}
        >
          {t('settings.add')}
        </Button>
      }
    >
      <div className={styles.stack}>
        <p className={shared.quiet}>{t('settings.rulesText')}</p>
        <QueryView query={rules}>
          {(all) =>
            all.length === 0 ? (
              <EmptyState title={t('settings.empty')}>{t('settings.emptyText')}</EmptyState>
            ) : (
              <div className={shared.scroll}>
                <table className={styles.rules}>
                  <thead>
                    <tr>
                      <th>{t('settings.columns.name')}</th>
                      <th>{t('settings.columns.condition')}</th>
                      <th>{t('settings.columns.state')}</th>
                      <th className={styles.right}>{t('settings.columns.actions')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {all.map((rule) => (
                      <RuleRow key={rule.id} rule={rule} onEdit={() => setEdited(rule)} />
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </QueryView>
        <p className={shared.quiet}>{t('asleep')}</p>
      </div>
      {edited !== null && <RuleDialog rule={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Panel>
  )
}

function RuleRow({ rule, onEdit }: { rule: Rule; onEdit: () => void }) {
  const { t } = useTranslation('alerts')
  const core = useCore()
  const mute = useMutation({
    mutationFn: (hours: number | null) =>
      core.alerts.mute({ ruleId: rule.id, until: hours === null ? null : now() + hours * HOUR_MS }),
  })
  const isOwn = rule.origin === 'own'
  const remove = useMutation({
    mutationFn: () => core.alerts.removeRule({ ruleId: rule.id }),
    onSuccess: () => {
      const id = `rule ${rule.id}`
      const back = () => {
        notifications.hide(id)
        void core.alerts.restoreRule({ ruleId: rule.id })
      }
      notifications.show({
        id,
        autoClose: 12_000,
        message: (
          <span className={styles.undo}>
            {t(isOwn ? 'settings.removed' : 'settings.wasReset', { name: rule.name })}
            <Button size="compact-xs" variant="default" onClick={back}>
              {t('settings.undo')}
            </Button>
          </span>
        ),
      })
    },
  })
  const isMuted = rule.mutedUntil !== null && rule.mutedUntil > now()
  const failed = mute.isError ? mute.error : remove.isError ? remove.error : null
  const name = `${rule.name}, ${t(`severities.${rule.voice.severity}`)}`
  return (
    <tr data-off={!rule.voice.enabled || undefined}>
      <td>
        <span className={styles.name}>
          <Tag tone={SEVERITY_TONE[rule.voice.severity]}>{t(`severities.${rule.voice.severity}`)}</Tag>
          {rule.name}
        </span>
        {failed !== null && <ProblemNotice problem={problemFrom(failed)} />}
      </td>
      <td>
        {rule.condition}
        {!isOwn && <small>{t('settings.plan')}</small>}
      </td>
      <td className={styles.state}>
        <State rule={rule} />
        {isMuted && <small>{t('settings.mutedUntil', { at: when(rule.mutedUntil as number, now()) })}</small>}
      </td>
      <td className={styles.right}>
        <span className={styles.actions}>
          <Button size="compact-xs" variant="default" aria-label={t('settings.editOf', { name })} onClick={onEdit}>
            {t('settings.edit')}
          </Button>
          {isMuted ? (
            <Button size="compact-xs" variant="default" onClick={() => mute.mutate(null)}>
              {t('settings.unmute')}
            </Button>
          ) : (
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <Button size="compact-xs" variant="default" aria-label={t('settings.muteOf', { name })}>
                  {t('settings.mute')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {MUTES.map((hours) => (
                  <Menu.Item key={hours} onClick={() => mute.mutate(hours)}>
                    {t('hour', { count: hours })}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
          {(isOwn || rule.changed) && (
            <Button
              size="compact-xs"
              variant="default"
              loading={remove.isPending}
              aria-label={t(isOwn ? 'settings.removeOf' : 'settings.resetOf', { name })}
              onClick={() => remove.mutate()}
            >
              {t(isOwn ? 'settings.remove' : 'settings.reset')}
            </Button>
          )}
        </span>
      </td>
    </tr>
  )
}

function State({ rule }: { rule: Rule }) {
  const { t } = useTranslation('alerts')
  if (!rule.voice.enabled) return <Tag>{t('settings.off')}</Tag>
  const counts = (['firing', 'pending', 'unknown', 'ok'] as const).filter((one) => (rule.counts[one] ?? 0) > 0)
  if (counts.length === 0) return <span className={styles.soft}>{t('settings.nothingMeasured')}</span>
  return counts.map((one, index) => (
    <span key={one}>
      {index > 0 && ', '}
      {one === 'firing' ? (
        <Tag tone={SEVERITY_TONE[rule.voice.severity]}>{t('settings.counts.firing', { count: rule.counts[one] })}</Tag>
      ) : (
        t(`settings.counts.${one}`, { count: rule.counts[one] })
      )}
    </span>
  ))
}
