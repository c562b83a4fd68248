import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../../app/core.tsx'
import { PageHeader, QueryView } from '../../ui/index.ts'
import { PlanActions } from './actions.tsx'
import { Blueprints } from './blueprints.tsx'
import { PlanView } from './plan-view.tsx'

export default function PlanPlace() {
  const { t } = useTranslation('plan')
  const utils = useQueryUtils()
  const query = useQuery(utils.plan.current.queryOptions())
  const plan = query.data?.plan
  return (
    <>
      <PageHeader
        title={t('title')}
        note={plan?.name}
        actions={query.data === undefined ? undefined : <PlanActions plan={plan ?? null} />}
      />
      <QueryView query={query}>
        {(current) => (current === null ? <Blueprints current={null} /> : <PlanView hand={current} />)}
      </QueryView>
    </>
  )
}
