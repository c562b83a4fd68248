import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Simulation } from '../../../shared/model/scenario.ts'
import { railsAgainst } from '../../../shared/planning/scenario-rails.ts'
import { monthName } from './reading.ts'
import styles from './what-if.module.css'

/** The guard rails that argue against a stage which the scenario comes to, with the month and why; nothing where none does. */
export function Rails(props: { plan: Plan; simulation: Simulation; from: string; start: number }) {
  const { t } = useTranslation('what-if')
  const { plan, simulation, from, start } = props
  const rails = useMemo(() => railsAgainst(plan, simulation, from), [plan, simulation, from])
  if (rails.length === 0) return null
  return (
    <ul className={styles.rails} aria-label={t('rails')}>
      {rails.map((rail) => (
        <li key={`${rail.id} ${rail.stage}`} data-unsure={rail.state === 'unknown' || undefined}>
          <b>{t('rail', { stage: rail.name, month: monthName(start, rail.month), text: rail.text })}</b>{' '}
          {rail.state === 'unknown' ? t('railUnsure', { why: rail.why }) : rail.why}
        </li>
      ))}
    </ul>
  )
}
