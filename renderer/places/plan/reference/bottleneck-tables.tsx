import { useTranslation } from 'react-i18next'
import { formatMoney, formatQuantity } from '../../../../shared/format/quantity.ts'
import { minorDigits } from '../../../../shared/model/money.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import table from '../plan.module.css'
import { capacityText, type PlanWords } from '../text.ts'
import styles from './reference.module.css'
import type { Reference } from './use-reference.ts'

/** What was found to be short, and what will be first at a size: as stated, and computed from demand and supply. */
export function BottleneckTables({ plan, reference }: { plan: Plan; reference: Reference | null }) {
  const { t } = useTranslation('reference')
  const { t: words } = useTranslation('plan')
  const found = plan.bottlenecks.filter((one) => !one.range)
  const expected = plan.bottlenecks.flatMap((one) => (one.range ? [{ ...one, range: one.range }] : []))
  const money = (one: NonNullable<Plan['bottlenecks'][number]['monthly']>) => {
    const text = (amount: number) =>
      formatMoney({ minor: Math.round(amount * 10 ** minorDigits(one.currency)), currency: one.currency })
    return one.max === null || one.max === one.min
      ? text(one.min)
      : t('options.range', { low: text(one.min), high: text(one.max) })
  }
  return (
    <>
      {found.length > 0 && (
        <Panel title={t('bottlenecks.found')}>
          <table className={table.table} data-left>
            <thead>
              <tr>
                <th scope="col">{t('bottlenecks.what')}</th>
                <th scope="col">{t('bottlenecks.impact')}</th>
                <th scope="col">{t('bottlenecks.fix')}</th>
                <th scope="col">{t('options.cost')}</th>
              </tr>
            </thead>
            <tbody>
              {found.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.name}</th>
                  <td>{one.impact}</td>
                  <td>{one.fix}</td>
                  <td>{one.monthly && money(one.monthly)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Panel>
      )}
      {expected.length > 0 && (
        <Panel title={t('bottlenecks.expected')}>
          <table className={table.table} data-left>
            <thead>
              <tr>
                <th scope="col">{t('bottlenecks.range')}</th>
                <th scope="col">{t('bottlenecks.phase')}</th>
                <th scope="col">{t('bottlenecks.stated')}</th>
                <th scope="col">{t('bottlenecks.computed')}</th>
              </tr>
            </thead>
            <tbody>
              {expected.map((one) => {
                const computed = reference?.bottlenecks[one.id]
                const stage = plan.stages.find((each) => each.id === one.range.stage)?.name ?? one.range.stage
                return (
                  <tr key={one.id}>
                    <th scope="row">{capacityText(one.range, plan, words as PlanWords)}</th>
                    <td>{one.range.phase}</td>
                    <td>{one.name}</td>
                    <td>
                      {computed && computed.use.length > 0
                        ? computed.use
                            .slice(0, 3)
                            .map((use) =>
                              t('bottlenecks.of', {
                                name: use.name,
                                share: formatQuantity(use.ratio, 'ratio', { digits: 0 }),
                              }),
                            )
                            .join(', ')
                        : t('bottlenecks.nothing')}{' '}
                      {computed?.agrees === false && <Tag tone="warn">{t('bottlenecks.differs')}</Tag>}
                      <small className={styles.soft}>{t('bottlenecks.on', { stage })}</small>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </Panel>
      )}
    </>
  )
}
