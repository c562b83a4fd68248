import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { moneyColumn } from '../../../../shared/format/money.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { YearlyComparison } from '../../../../shared/model/yearly.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import table from '../plan.module.css'
import styles from './reference.module.css'

/** What each approach costs in each year, computed month by month, beside the sums that the source states. */
export function YearlyTable({ yearly }: { yearly: YearlyComparison }) {
  const { t } = useTranslation('reference')
  const driver = yearly.driver.name.toLowerCase()
  const text = useMemo(
    () =>
      moneyColumn(
        yearly.approaches.flatMap(({ cells }) =>
          cells.flatMap(({ minor, maxMinor, stated }) => [minor, maxMinor, stated?.minor, stated?.maxMinor]),
        ),
        yearly.currency,
      ),
    [yearly],
  )
  const money = (low: number, high: number | null) => {
    if (high === null) return t('options.from', { amount: text(low) })
    return low === high ? text(low) : t('options.range', { low: text(low), high: text(high) })
  }
  const count = (value: number) => formatQuantity(value, 'count', { digits: 0 })
  return (
    <Panel title={t('reference.yearly')}>
      <p className={styles.lead}>{t('yearly.legend', { driver })}</p>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t('yearly.approach')}</th>
            {yearly.years.map((year) => (
              <th key={year.id} scope="col">
                {t('yearly.year', { name: year.name, from: count(year.from), to: count(year.to), driver })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {yearly.approaches.map((approach) => (
            <tr key={approach.id}>
              <th scope="row">
                {approach.name}
                <small>{approach.assumed}</small>
              </th>
              {approach.cells.map((cell) => (
                <td key={cell.year}>
                  <b>{money(cell.minor, cell.maxMinor)}</b>
                  {cell.stated && (
                    <>
                      <small className={styles.whole}>
                        {t('yearly.stated', { amount: money(cell.stated.minor, cell.stated.maxMinor) })}
                      </small>
                      <Tag tone={cell.differs ? 'warn' : 'neutral'}>
                        {cell.differs ? t('yearly.differs') : t('yearly.agrees')}
                      </Tag>
                    </>
                  )}
                  {cell.unpriced.length > 0 && (
                    <small>{t('yearly.unpriced', { names: cell.unpriced.join(', ') })}</small>
                  )}
                  <details className={styles.more}>
                    <summary aria-label={t('yearly.monthsOf', { name: approach.name, year: cell.year })}>
                      {t('yearly.months')}
                    </summary>
                    <table className={styles.months}>
                      <thead>
                        <tr>
                          <th scope="col">{t('yearly.month')}</th>
                          <th scope="col">{yearly.driver.name}</th>
                          <th scope="col">{t('yearly.runs')}</th>
                          <th scope="col">{t('yearly.cost')}</th>
                        </tr>
                      </thead>
                      <tbody>
                        {cell.months.map((month, at) => (
                          <tr key={month.value}>
                            <td>{at + 1}</td>
                            <td>{count(month.value)}</td>
                            <td>{month.runs}</td>
                            <td>{money(month.minor, month.maxMinor)}</td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </details>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
