import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { ConfirmDialog, EmptyState, ProblemNotice, QueryView, Tag } from '../../ui/index.ts'
import { EmptyPlan } from './edit/empty-plan.tsx'
import styles from './plan.module.css'
import { rungCost } from './text.ts'

/** The plans that ship with the product. Where the workspace has a plan, taking another one asks first. */
export function Blueprints({ current, onChosen }: { current: Plan | null; onChosen?: () => void }) {
  const { t } = useTranslation('plan')
  const utils = useQueryUtils()
  const client = useQueryClient()
  const query = useQuery(utils.plan.blueprints.queryOptions())
  const [asking, setAsking] = useState<Plan | null>(null)
  const choose = useMutation(
    utils.plan.choose.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: utils.plan.key() })
        setAsking(null)
        onChosen?.()
      },
    }),
  )
  const take = (plan: Plan) => (current === null ? choose.mutate({ blueprintId: plan.id }) : setAsking(plan))

  return (
    <section className={styles.blueprints} aria-label={t('choose.title')}>
      <div>
        <h2 className={styles.heading}>{t('choose.title')}</h2>
        <p className={styles.soft}>{t('choose.help')}</p>
      </div>
      <EmptyPlan replaces={current} onMade={onChosen} />
      {choose.isError && <ProblemNotice problem={problemFrom(choose.error)} />}
      <QueryView query={query}>
        {(blueprints) =>
          blueprints.length === 0 ? (
            <EmptyState title={t('choose.none')}>{t('choose.noneHelp')}</EmptyState>
          ) : (
            <ul className={styles.cards}>
              {blueprints.map(({ plan, costs }) => (
                <li key={plan.id} className={styles.card}>
                  <div className={styles.cardHead}>
                    <h3>{plan.name}</h3>
                    {plan.id === current?.id && <Tag tone="good">{t('choose.current')}</Tag>}
                    <Button
                      size="compact-sm"
                      variant={current === null ? 'filled' : 'default'}
                      aria-label={t('choose.useOf', { name: plan.name })}
                      loading={choose.isPending && choose.variables?.blueprintId === plan.id}
                      onClick={() => take(plan)}
                    >
                      {t('choose.use')}
                    </Button>
                  </div>
                  <p>{plan.summary}</p>
                  <ol className={styles.cardStages}>
                    {plan.stages.map((stage, index) => (
                      <li key={stage.id}>
                        <span>{stage.name}</span>
                        <span className={styles.soft}>{rungCost(costs[index], t)}</span>
                      </li>
                    ))}
                  </ol>
                  {plan.source !== undefined && (
                    <p className={styles.small}>{t('choose.source', { source: plan.source })}</p>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
      {asking && current && (
        <ConfirmDialog
          title={t('replace.title')}
          yes={t('replace.yes')}
          no={t('replace.no')}
          busy={choose.isPending}
          onNo={() => setAsking(null)}
          onYes={() => choose.mutate({ blueprintId: asking.id })}
        >
          <p>{t('replace.blueprint', { name: asking.name, current: current.name })}</p>
          <p className={styles.soft}>{t('replace.advice')}</p>
        </ConfirmDialog>
      )}
    </section>
  )
}
