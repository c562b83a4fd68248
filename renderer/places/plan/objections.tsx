import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import { type Objection, objectionsTo } from '../../../shared/planning/objections.ts'
import { useQueryUtils } from '../../app/core.tsx'
import styles from './edit/edit.module.css'

/** The guard rails that argue against a stage today; against the one that is held only those that are known to hold. */
export function useObjections(plan: Plan, stage: string | undefined): Objection[] {
  const utils = useQueryUtils()
  const verdict = useQuery(utils.plan.verdict.queryOptions())
  if (stage === undefined) return []
  const all = objectionsTo(plan, stage, verdict.data?.judgements ?? [])
  return stage === plan.stage ? all.filter((one) => !one.unsure) : all
}

/** What the guard rails say against a stage, in plain words, beside the action that would lead there. */
export function Objections({ plan, stage }: { plan: Plan; stage: string }) {
  const { t } = useTranslation('planEdit')
  const objections = useObjections(plan, stage)
  if (objections.length === 0) return null
  return (
    <div className={styles.objection} role="note" aria-label={t('objection.label')}>
      {objections.map((one) => (
        <p key={one.id}>
          <b>{one.text}</b> {one.unsure ? t('objection.unsure', { why: one.why }) : one.why}
        </p>
      ))}
    </div>
  )
}
