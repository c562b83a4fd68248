import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../shared/contract/contract.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Stage } from '../../../shared/model/stage.ts'
import { Panel, Tag } from '../../ui/index.ts'
import { memoOn } from './edit/memo-on.ts'
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
        {plan.stages
          .map((stage, index) => (
            <Rung
              key={stage.id}
              plan={plan}
              stage={stage}
              cost={costs.get(stage.id)}
              index={index}
              present={present}
              chosen={stage.id === props.chosen}
              onChoose={props.onChoose}
            />
          ))
          .reverse()}
      </ol>
      {props.tools}
    </Panel>
  )
}

const Rung = memoOn(
  (props: {
    plan: Plan
    stage: Stage
    cost: StageCost | undefined
    index: number
    present: number
    chosen: boolean
    onChoose: (stage: string) => void
  }) => {
    const { t } = useTranslation('plan')
    const { plan, stage, cost, index, present } = props
    const capacity = stage.capacity[0]
    return (
      <li>
        <button
          type="button"
          className={styles.rung}
          data-passed={index < present}
          data-here={index === present}
          aria-current={props.chosen ? 'true' : undefined}
          onClick={() => props.onChoose(stage.id)}
        >
          <span className={styles.rungNumber} aria-hidden="true">
            {index + 1}
          </span>
          <span className={styles.rungText}>
            <b>{stage.name}</b>
            <small>{rungCost(cost, t)}</small>
            {capacity && <small>{capacityText(capacity, plan, t, 'unit')}</small>}
          </span>
          <span className={styles.rungTags}>
            {index === present && <Tag tone="good">{t('here')}</Tag>}
            {cost?.differs === true && <Tag>{t('costs.differs')}</Tag>}
          </span>
        </button>
      </li>
    )
  },
  ({ plan, stage, cost, index, present, chosen, onChoose }) => [
    plan.drivers,
    stage.name,
    stage.capacity,
    cost,
    index,
    present,
    chosen,
    onChoose,
  ],
)
