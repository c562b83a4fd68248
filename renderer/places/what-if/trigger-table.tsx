import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Simulation } from '../../../shared/model/scenario.ts'
import { Panel } from '../../ui/index.ts'
import { countText, monthName, sortedTriggers } from './reading.ts'
import styles from './what-if.module.css'

/** When each trigger fires, as calendar months, and in how many of the paths. */
export function TriggerTable({ plan, simulation, start }: { plan: Plan; simulation: Simulation; start: number }) {
  const { t } = useTranslation('what-if')
  const names = new Map(plan.stages.map((stage) => [stage.id, stage.name]))
  const end = monthName(start, simulation.months - 1)
  const month = (value: number | null) =>
    value === null ? (
      <span className={styles.soft}>{t('trigger.not', { month: end })}</span>
    ) : (
      monthName(start, Math.round(value))
    )
  return (
    <Panel title={t('triggers')}>
      {simulation.triggers.length === 0 ? (
        <p className={styles.soft}>{t('noTriggers')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className={styles.wide} tabIndex={0} aria-label={t('trigger.rows')}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('trigger.name')}</th>
                <th scope="col">{t('trigger.p10')}</th>
                <th scope="col">{t('trigger.p50')}</th>
                <th scope="col">{t('trigger.p90')}</th>
                <th scope="col">{t('trigger.fires', { paths: countText(simulation.paths) })}</th>
              </tr>
            </thead>
            <tbody>
              {sortedTriggers(simulation.triggers).map((trigger) => (
                <tr key={`${trigger.stage} ${trigger.id}`}>
                  <th scope="row">
                    {trigger.name}
                    <small>
                      {trigger.to === null
                        ? t('trigger.within', { from: names.get(trigger.stage) ?? trigger.stage })
                        : t('trigger.leads', {
                            from: names.get(trigger.stage) ?? trigger.stage,
                            to: names.get(trigger.to) ?? trigger.to,
                          })}
                    </small>
                  </th>
                  <td>{month(trigger.month.p10)}</td>
                  <td>{month(trigger.month.p50)}</td>
                  <td>{month(trigger.month.p90)}</td>
                  <td>{formatQuantity(trigger.firedShare, 'ratio')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Panel>
  )
}
