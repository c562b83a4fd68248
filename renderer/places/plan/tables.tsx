import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import { Panel } from '../../ui/index.ts'
import styles from './plan.module.css'
import { BottleneckTables } from './reference/bottleneck-tables.tsx'
import { CalculationTable } from './reference/calculation-table.tsx'
import own from './reference/reference.module.css'
import { type Section, Sections } from './reference/sections.tsx'
import { Alerts, Autoscalers, Components, Strategies } from './reference/settings-tables.tsx'
import { useReference } from './reference/use-reference.ts'
import { useYearly } from './reference/use-yearly.ts'
import { YearlyTable } from './reference/yearly-table.tsx'

const KINDS = ['cost', 'roadmap', 'use', 'capacity', 'tuning', 'curve', 'providers'] as const

/** The tables of a plan: computed ones beside what their source states, years, bottlenecks, settings, alerts, facts. */
export function PlanTables({ plan }: { plan: Plan }) {
  const { t } = useTranslation('reference')
  const reference = useReference()
  const yearly = useYearly()
  const kinds = KINDS.filter((kind) => kind !== 'use').map((kind): Section => {
    const own_ = plan.calculations.filter((one) => one.kind === kind || (kind === 'capacity' && one.kind === 'use'))
    return {
      id: kind,
      title: t(`reference.${kind}`),
      count: own_.length,
      show: () => (
        <>
          <p className={own.soft}>{t('table.legend')}</p>
          {own_.map((one) => (
            <CalculationTable
              key={one.id}
              plan={plan}
              one={one}
              found={reference?.tables.find((each) => each.id === one.id)}
            />
          ))}
        </>
      ),
    }
  })
  const sections: Section[] = [
    ...kinds,
    {
      id: 'yearly',
      title: t('reference.yearly'),
      count: yearly === null ? 0 : yearly.approaches.length,
      show: () => yearly && <YearlyTable yearly={yearly} />,
    },
    {
      id: 'bottlenecks',
      title: t('reference.bottlenecks'),
      count: plan.bottlenecks.length,
      show: () => <BottleneckTables plan={plan} reference={reference} />,
    },
    {
      id: 'autoscalers',
      title: t('reference.autoscalers'),
      count: plan.stages.reduce((sum, stage) => sum + stage.autoscalers.length, 0),
      show: () => <Autoscalers plan={plan} />,
    },
    {
      id: 'alerts',
      title: t('reference.alerts'),
      count: plan.alerts.length,
      show: () => <Alerts plan={plan} judged={reference?.judged} />,
    },
    {
      id: 'components',
      title: t('reference.components'),
      count: plan.components.length,
      show: () => <Components plan={plan} />,
    },
    {
      id: 'strategies',
      title: t('reference.strategies'),
      count: plan.strategies.length,
      show: () => <Strategies plan={plan} />,
    },
    { id: 'facts', title: t('reference.facts'), count: plan.tables.length, show: () => <Facts plan={plan} /> },
  ]
  return (
    <Sections
      of={t('reference.name')}
      sections={sections}
      none={t('reference.none')}
      noneHelp={t('reference.noneHelp')}
    />
  )
}

/** Tables of words, which nothing is computed of. */
function Facts({ plan }: { plan: Plan }) {
  const { t } = useTranslation('plan')
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
