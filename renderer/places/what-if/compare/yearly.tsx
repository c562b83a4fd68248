import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../../../app/core.tsx'
import { Panel, QueryView, Tag } from '../../../ui/index.ts'
import { countText } from '../reading.ts'
import styles from './compare.module.css'
import { moneyWords } from './figures.ts'

/** What each approach of the plan costs by the year, computed, beside what its source says. Nothing where it has none. */
export function YearlyPanel() {
  const { t } = useTranslation('compare')
  const utils = useQueryUtils()
  const query = useQuery(utils.scenarios.yearly.queryOptions())
  if (query.data === null) return null
  return (
    <QueryView query={query}>
      {(yearly) => {
        if (yearly === null) return null
        const { plain } = moneyWords(yearly.currency)
        const range = (low: number, high: number) =>
          low === high ? plain(low) : t('range', { low: plain(low), high: plain(high) })
        return (
          <Panel title={t('yearly')}>
            <p className={styles.help}>{t('yearlyNote', { driver: yearly.driver.name })}</p>
            <div className={styles.wide}>
              <table className={styles.plain}>
                <thead>
                  <tr>
                    <th scope="col">{t('approach')}</th>
                    {yearly.years.map((year) => (
                      <th key={year.id} scope="col">
                        {t('year', {
                          name: year.name,
                          from: countText(year.from),
                          to: countText(year.to),
                          driver: yearly.driver.name.toLowerCase(),
                        })}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {yearly.approaches.map((approach) => (
                    <tr key={approach.id}>
                      <th scope="row">
                        {approach.name}
                        <small>{t('assumed', { assumed: approach.assumed })}</small>
                      </th>
                      {approach.cells.map((cell) => (
                        <td key={cell.year}>
                          {range(cell.minor, cell.maxMinor)}
                          {cell.stated && (
                            <small>
                              {cell.stated.maxMinor === null
                                ? t('statedOpen', { amount: plain(cell.stated.minor) })
                                : t('stated', { range: range(cell.stated.minor, cell.stated.maxMinor) })}
                            </small>
                          )}
                          {cell.differs && <Tag tone="warn">{t('differs')}</Tag>}
                          {cell.unpriced.length > 0 && (
                            <small>{t('unpriced', { names: cell.unpriced.join(', ') })}</small>
                          )}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Panel>
        )
      }}
    </QueryView>
  )
}
