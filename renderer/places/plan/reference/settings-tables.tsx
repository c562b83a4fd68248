import { useTranslation } from 'react-i18next'
import { formatDuration, parseDuration } from '../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Component } from '../../../../shared/model/reference.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import table from '../plan.module.css'
import { CopyText } from './copy-text.tsx'
import { Leads, State } from './parts.tsx'
import styles from './reference.module.css'
import type { Reference } from './use-reference.ts'

type Value = Component['settings'][string]
const valueText = (value: Value): string => (Array.isArray(value) ? value.join(', ') : String(value))

/** What runs, and with which settings. */
export function Components({ plan }: { plan: Plan }) {
  const { t } = useTranslation('reference')
  return (
    <div className={styles.columns}>
      {plan.components.map((one) => {
        const stage = plan.stages.find((each) => each.id === one.stage)?.name
        return (
          <Panel
            key={one.id}
            title={one.name}
            aside={stage !== undefined && <small className={styles.soft}>{t('components.on', { stage })}</small>}
          >
            <p className={styles.lead}>{[one.purpose, one.file].filter(Boolean).join(' · ')}</p>
            <dl className={styles.settings}>
              {Object.entries(one.settings).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <code>{valueText(value)}</code>
                    {one.was[name] !== undefined && (
                      <small className={styles.soft}>
                        {t('components.was', { value: valueText(one.was[name] as Value) })}
                      </small>
                    )}
                  </dd>
                </div>
              ))}
            </dl>
            {one.notes.map((note) => (
              <p key={note} className={styles.soft}>
                {note}
              </p>
            ))}
          </Panel>
        )
      })}
    </div>
  )
}

/** Alert rules as another system holds them, beside what the app itself sees today. */
export function Alerts({ plan, judged }: { plan: Plan; judged: Reference['judged'] | undefined }) {
  const { t } = useTranslation('reference')
  return (
    <Panel title={t('reference.alerts')}>
      <table className={table.table} data-left>
        <thead>
          <tr>
            <th scope="col">{t('alerts.name')}</th>
            <th scope="col">{t('alerts.rule')}</th>
            <th scope="col">{t('alerts.for')}</th>
            <th scope="col">{t('alerts.severity')}</th>
            <th scope="col">{t('alerts.today')}</th>
          </tr>
        </thead>
        <tbody>
          {plan.alerts.map((one) => (
            <tr key={one.id}>
              <th scope="row">{one.name}</th>
              <td>
                {one.expr === undefined ? (
                  judged?.[`alerts/${one.id}`]?.condition
                ) : (
                  <CopyText text={one.expr} label={t('runbooks.copyOf', { step: one.name })} />
                )}
                {one.note !== undefined && <small>{one.note}</small>}
              </td>
              <td>{formatDuration(parseDuration(one.for))}</td>
              <td>
                <Tag tone={one.severity === 'critical' ? 'bad' : one.severity === 'warning' ? 'warn' : 'neutral'}>
                  {one.severity}
                </Tag>
              </td>
              <td>{one.when ? <State judged={judged?.[`alerts/${one.id}`]} /> : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}

export function Strategies({ plan }: { plan: Plan }) {
  const { t } = useTranslation('reference')
  return (
    <div className={styles.columns}>
      {plan.strategies.map((group) => (
        <Panel key={group.id} title={group.title}>
          <ul className={styles.bullets}>
            {group.items.map((one) => (
              <li key={one.id}>
                {one.text} {one.optional && <Tag>{t('strategies.optional')}</Tag>}
                <Leads plan={plan} to={{ playbook: one.playbook }} />
              </li>
            ))}
          </ul>
        </Panel>
      ))}
    </div>
  )
}

/** What scales by itself on any stage, as the plan sets it. */
export function Autoscalers({ plan }: { plan: Plan }) {
  const { t } = useTranslation('reference')
  const rows = plan.stages.flatMap((stage) => stage.autoscalers.map((one) => ({ stage, one })))
  return (
    <Panel title={t('reference.autoscalers')}>
      <table className={table.table} data-left>
        <thead>
          <tr>
            <th scope="col">{t('autoscalers.what')}</th>
            <th scope="col">{t('autoscalers.kind')}</th>
            <th scope="col">{t('autoscalers.replicas')}</th>
            <th scope="col">{t('autoscalers.target')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ stage, one }) => (
            <tr key={`${stage.id}/${one.id}`}>
              <th scope="row">
                {one.name}
                <small>{stage.name}</small>
              </th>
              <td>{one.kind}</td>
              <td>{t('autoscalers.span', { min: one.min, max: one.max })}</td>
              <td>
                {one.metrics
                  .map((metric) => {
                    const demand = plan.demand.find((each) => each.resource === metric.resource)
                    const resource = demand?.name ?? metric.resource
                    if (one.kind === 'keda') return t('autoscalers.entries', { resource, count: metric.target })
                    const each = formatQuantity(metric.perReplica, demand?.unit ?? 'count')
                    return t('autoscalers.share', { resource, share: formatQuantity(metric.target, 'ratio'), each })
                  })
                  .join('; ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
