import { Tabs } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../shared/contract/contract.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { Advice } from './advice.tsx'
import { Ladder } from './ladder.tsx'
import styles from './plan.module.css'
import { StageDetail } from './stage-detail.tsx'
import { PlanTables } from './tables.tsx'
import { Today } from './today.tsx'

/** The workspace's plan: its ladder with the chosen stage beside it, its advice, its tables. */
export function PlanView({ plan, costs }: { plan: Plan; costs: readonly StageCost[] }) {
  const { t } = useTranslation('plan')
  const [chosen, setChosen] = useState<string | null>(null)
  const stage = plan.stages.find((one) => one.id === chosen) ?? plan.stages.find((one) => one.id === plan.stage)
  return (
    <>
      <p className={styles.summary}>{plan.summary}</p>
      <Tabs defaultValue="stages" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="stages">{t('tabs.stages')}</Tabs.Tab>
          <Tabs.Tab value="advice">{t('tabs.advice')}</Tabs.Tab>
          <Tabs.Tab value="tables">{t('tabs.tables')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="stages">
          <div className={styles.layout}>
            <div className={styles.left}>
              <Ladder plan={plan} costs={costs} chosen={stage?.id ?? ''} onChoose={setChosen} />
              <Today plan={plan} />
            </div>
            {stage && (
              <StageDetail
                key={stage.id}
                plan={plan}
                stage={stage}
                cost={costs.find((cost) => cost.stage === stage.id)}
              />
            )}
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="advice">
          <Advice plan={plan} />
        </Tabs.Panel>
        <Tabs.Panel value="tables">
          <PlanTables plan={plan} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
