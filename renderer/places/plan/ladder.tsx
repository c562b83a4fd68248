import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../shared/contract/contract.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { Panel, Tag } from '../../ui/index.ts'
import styles from './plan.module.css'
import { capacityText, rungCost } from './text.ts'

/** The stages as rungs, the first at the bottom. Choosing one shows it; it does not move anybody. */
export function Ladder(props: {
  plan: Plan
  costs: readonly StageCost[]
  chosen: string
  onChoose: (stage: string) => void
  /** What can be done with the chosen stage, under the rungs. */
  tools?: ReactNode
}) {
  const { t } = useTranslation('plan')
  const { plan } = props
  const costs = new Map(props.costs.map((cost) => [cost.stage, cost]))
  const present = plan.stages.findIndex((stage) => stage.id === plan.stage)
  return (
    <Panel label={t('ladder')} className={styles.ladder}>
      <ol reversed className={styles.rungs}>
        {[...plan.stages].reverse().map((stage) => {
          const index = plan.stages.indexOf(stage)
          const capacity = stage.capacity[0]
          const differs = costs.get(stage.id)?.differs === true
          return (
            <li key={stage.id}>
              <button
                type="button"
                className={styles.rung}
                data-passed={index < present}
                data-here={index === present}
                aria-current={stage.id === props.chosen ? 'true' : undefined}
                onClick={() => props.onChoose(stage.id)}
              >
                <span className={styles.rungNumber} aria-hidden="true">
                  {index + 1}
                </span>
                <span className={styles.rungText}>
                  <b>{stage.name}</b>
                  <small>{rungCost(costs.get(stage.id), t)}</small>
                  {capacity && <small>{capacityText(capacity, plan, t, 'unit')}</small>}
                </span>
                <span className={styles.rungTags}>
                  {index === present && <Tag tone="good">{t('here')}</Tag>}
                  {differs && <Tag tone="warn">{t('costs.differs')}</Tag>}
                </span>
              </button>
            </li>
          )
        })}
      </ol>
      {props.tools}
    </Panel>
  )
}
