import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import { EmptyState, Panel } from '../../ui/index.ts'
import styles from './plan.module.css'

/** The reference tables that a plan carries: sizes, settings, comparisons. */
export function PlanTables({ plan }: { plan: Plan }) {
  const { t } = useTranslation('plan')
  if (plan.tables.length === 0) return <EmptyState title={t('noTables')} />
  return (
    <div className={styles.columns}>
      {plan.tables.map((table) => (
        <Panel key={table.id} title={table.title}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className={styles.wide} tabIndex={0} aria-label={t('rowsOf', { title: table.title })}>
            <table className={styles.table} data-left>
              <thead>
                <tr>
                  {table.columns.map((column) => (
                    <th key={column} scope="col">
                      {column}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.map((row) => (
                  <tr key={row.join('|')}>
                    {row.map((cell, index) => (
                      <td key={table.columns[index]}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </Panel>
      ))}
    </div>
  )
}
