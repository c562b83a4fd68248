import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../shared/contract/contract.ts'
import { parseDuration } from '../../../shared/format/duration.ts'
import { formatMoney } from '../../../shared/format/quantity.ts'
import { minorDigits } from '../../../shared/model/money.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Stage } from '../../../shared/model/stage.ts'
import { conditionWords } from '../../../shared/planning/judge.ts'
import { problemFrom } from '../../app/core.tsx'
import { Panel, ProblemNotice, Tag } from '../../ui/index.ts'
import { Availability } from './availability.tsx'
import { CostTable } from './cost-table.tsx'
import { StageGaps } from './costs/gaps.tsx'
import { LimitTable } from './limit-table.tsx'
import { Objections, useObjections } from './objections.tsx'
import styles from './plan.module.css'
import { PlaybookLink } from './playbook-link.tsx'
import { capacityText, type PlanWords, spanText } from './text.ts'
import { useStateChange } from './today.tsx'
import { StageTopology } from './topology/lazy.tsx'

/** One stage in full: what it is for, what it costs by row, when it is left, what reaching it takes. */
export function StageDetail({ plan, stage, cost }: { plan: Plan; stage: Stage; cost: StageCost | undefined }) {
  const { t } = useTranslation('plan')
  const change = useStateChange()
  const { t: te } = useTranslation('planEdit')
  const objections = useObjections(plan, stage.id)
  const facts = factsOf(plan, stage, t)
  return (
    <div className={styles.detail}>
      <Panel label={stage.name}>
        <div className={styles.detailHead}>
          <h2>{stage.name}</h2>
          {plan.stage === stage.id ? (
            <Tag tone="good">{t('here')}</Tag>
          ) : (
            <Button
              variant="default"
              size="compact-sm"
              loading={change.isPending}
              onClick={() => change.mutate({ stage: stage.id })}
            >
              {objections.some((one) => !one.unsure) ? te('objection.anyway') : t('setHere')}
            </Button>
          )}
        </div>
        <Objections plan={plan} stage={stage.id} />
        {change.isError && <ProblemNotice problem={problemFrom(change.error)} />}
        <p>{stage.objective}</p>
        {facts.length > 0 && (
          <dl className={styles.facts}>
            {facts.map(([name, value]) => (
              <div key={`${name} ${value}`}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
        {stage.playbooks.length > 0 && (
          <p className={styles.links}>
            {t('playbooks')}:{' '}
            {stage.playbooks.map((id) => (
              <PlaybookLink key={id} id={id} />
            ))}
          </p>
        )}
      </Panel>
      <Panel title={t('costs.title')}>
        <CostTable plan={plan} stage={stage} cost={cost} />
      </Panel>
      <StageGaps plan={plan} stage={stage.id} />
      <Panel title={t('triggers.title')}>
        <Triggers plan={plan} stage={stage} />
      </Panel>
      <Panel title={t('limits.title')}>
        <LimitTable stage={stage} />
      </Panel>
      {stage.nodes.length > 0 && <StageTopology plan={plan} stage={stage} />}
      <Availability plan={plan} stage={stage} />
      <Lists stage={stage} />
    </div>
  )
}

function factsOf(plan: Plan, stage: Stage, t: PlanWords): [string, string][] {
  const facts: [string, string][] = stage.capacity.map((capacity) => [
    t('facts.capacity'),
    [capacityText(capacity, plan, t), capacity.note].filter(Boolean).join('; '),
  ])
  if (stage.orchestration) facts.push([t('facts.orchestration'), t(`orchestrations.${stage.orchestration}`)])
  if (stage.effort) facts.push([t('facts.effort'), t(`efforts.${stage.effort}`)])
  if (stage.durationMonths) {
    const text = spanText(stage.durationMonths, t)
    facts.push([t('facts.duration'), t('facts.months', { count: stage.durationMonths.max, text })])
  }
  if (stage.downtimeMinutes) {
    const none = stage.downtimeMinutes.max === 0
    const text = spanText(stage.downtimeMinutes, t)
    facts.push([t('facts.downtime'), none ? t('facts.none') : t('facts.minutes', { text })])
  }
  if (stage.migrationCost) {
    const { amount, currency, hours } = stage.migrationCost
    const text = formatMoney({ minor: Math.round(amount * 10 ** minorDigits(currency)), currency })
    facts.push([t('facts.migration'), hours === undefined ? text : t('facts.hours', { amount: text, hours })])
  }
  return facts
}

function Triggers({ plan, stage }: { plan: Plan; stage: Stage }) {
  const { t } = useTranslation('plan')
  const names = new Map(plan.stages.map((one) => [one.id, one.name]))
  if (stage.triggers.length === 0) return <p className={styles.soft}>{t('triggers.none')}</p>
  return (
    <ul className={styles.list}>
      {stage.triggers.map((trigger) => (
        <li key={trigger.id}>
          <div className={styles.listHead}>
            <b>{trigger.name}</b>
            <span className={styles.soft}>
              {trigger.direction === 'up' ? '↑ ' : '↓ '}
              {trigger.to
                ? t('triggers.leadsTo', { stage: names.get(trigger.to) ?? trigger.to })
                : t(trigger.direction === 'up' ? 'triggers.next' : 'triggers.back')}
            </span>
          </div>
          <span className={styles.rule}>{conditionWords(trigger.when, parseDuration(trigger.for), plan)}</span>
          {trigger.action !== undefined && <span className={styles.soft}>{trigger.action}</span>}
        </li>
      ))}
    </ul>
  )
}

function Lists({ stage }: { stage: Stage }) {
  const { t } = useTranslation('plan')
  const lists: [string, string[]][] = [
    [t('irreversible'), stage.irreversible],
    [t('prerequisites'), stage.prerequisites],
    [t('risks'), stage.risks],
    [t('tasks'), stage.tasks.map((task) => `${task.when}: ${task.what}`)],
    [t('notes'), stage.notes],
  ]
  const shown = lists.filter(([, items]) => items.length > 0)
  if (shown.length === 0) return null
  return (
    <div className={styles.columns}>
      {shown.map(([title, items]) => (
        <Panel key={title} title={title}>
          <ul className={styles.bullets}>
            {items.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        </Panel>
      ))}
    </div>
  )
}
