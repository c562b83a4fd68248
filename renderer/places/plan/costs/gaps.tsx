import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import { planGaps } from '../../../../shared/planning/plan-gaps.ts'
import { Panel } from '../../../ui/index.ts'
import styles from './costs.module.css'

/** What the plan leaves open about a stage, with what to do; nothing where it is whole. */
export function StageGaps({ plan, stage }: { plan: Plan; stage: string }) {
  const { t } = useTranslation('costs')
  const gaps = useMemo(() => planGaps(plan), [plan])
  const open = gaps.filter((gap) => gap.stage === stage || (gap.stage === null && plan.stage === stage))
  if (open.length === 0) return null
  return (
    <Panel title={t('leftOpen')}>
      <ul className={styles.gaps}>
        {open.map((gap) => (
          <li key={gap.path.join('.')}>
            {gap.fact}
            <small>{gap.fix}</small>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
