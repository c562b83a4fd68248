import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import { conditionWords } from '../../../shared/planning/judge.ts'
import { EmptyState, Panel } from '../../ui/index.ts'
import styles from './plan.module.css'

/** What the plan says beyond its stages: free fixes, rules that argue against a move, options, points of decision. */
export function Advice({ plan }: { plan: Plan }) {
  const { t } = useTranslation('plan')
  const names = new Map(plan.stages.map((stage) => [stage.id, stage.name]))
  const { optimisations, guardRails, options, decisionPoints } = plan
  if (optimisations.length + guardRails.length + options.length + decisionPoints.length === 0)
    return <EmptyState title={t('advice.none')} />
  return (
    <div className={styles.detail}>
      {optimisations.length > 0 && (
        <Panel title={t('advice.optimisations')}>
          <ul className={styles.list}>
            {optimisations.map((one) => (
              <li key={one.id}>
                <div className={styles.listHead}>
                  <b>{one.name}</b>
                  <span className={styles.soft}>
                    {one.cost}, {one.effect}
                  </span>
                  {one.playbook !== undefined && (
                    <a href={`#/playbooks/${encodeURIComponent(one.playbook)}`}>{one.playbook}</a>
                  )}
                </div>
                <span>{one.how}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {guardRails.length > 0 && (
        <Panel title={t('advice.guardRails')}>
          <ul className={styles.list}>
            {guardRails.map((rail) => (
              <li key={rail.id}>
                <b>{rail.text}</b>
                <span className={styles.soft}>
                  {[
                    rail.when && conditionWords(rail.when, 0, plan),
                    rail.against.length > 0 &&
                      t('advice.against', { stages: rail.against.map((id) => names.get(id) ?? id).join(', ') }),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {options.length > 0 && (
        <Panel title={t('advice.options')}>
          <ul className={styles.list}>
            {options.map((option) => (
              <li key={option.id}>
                <div className={styles.listHead}>
                  <b>{option.name}</b>
                  <span className={styles.soft}>{t('advice.cost', { cost: option.cost })}</span>
                  {option.downtime !== undefined && (
                    <span className={styles.soft}>{t('advice.downtime', { downtime: option.downtime })}</span>
                  )}
                </div>
                <span>{t('advice.when', { when: option.when })}</span>
                {option.notes.map((note) => (
                  <span key={note} className={styles.soft}>
                    {note}
                  </span>
                ))}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {decisionPoints.length > 0 && (
        <Panel title={t('advice.decisions')}>
          <ul className={styles.bullets}>
            {decisionPoints.map((point) => (
              <li key={point}>{point}</li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  )
}
