import { Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../shared/contract/contract.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { go, useRoute } from '../../app/route.ts'
import { EmptyState, PageHeader, QueryView } from '../../ui/index.ts'
import { TABS } from './tabs.ts'

export default function WhatIf() {
  const { t } = useTranslation('what-if')
  const utils = useQueryUtils()
  const query = useQuery(utils.plan.current.queryOptions())
  const plan = query.data?.plan
  const stage = plan?.stages.find((one) => one.id === plan.stage)
  return (
    <>
      <PageHeader
        title={t('title')}
        note={plan && stage ? t('note', { plan: plan.name, stage: stage.name }) : undefined}
      />
      <QueryView query={query}>
        {(current) =>
          current === null ? (
            <EmptyState title={t('noPlan')} actions={<Button onClick={() => go('/plan')}>{t('toPlan')}</Button>}>
              {t('noPlanHelp')}
            </EmptyState>
          ) : (
            <Panels plan={current.plan} costs={current.costs} />
          )
        }
      </QueryView>
    </>
  )
}

function Panels({ plan, costs }: { plan: Plan; costs: readonly StageCost[] }) {
  const { t } = useTranslation('what-if')
  const { id } = useRoute()
  const shown = TABS.find((tab) => tab.id === id) ?? TABS[0]
  return (
    <Tabs value={shown.id} onChange={(next) => go(`/what-if/${next ?? ''}`)} keepMounted={false}>
      <Tabs.List mb="md">
        {TABS.map((tab) => (
          <Tabs.Tab key={tab.id} value={tab.id}>
            {t(`tabs.${tab.id}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={shown.id}>
        <shown.Panel plan={plan} costs={costs} />
      </Tabs.Panel>
    </Tabs>
  )
}
