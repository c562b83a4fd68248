import { Radio } from '@mantine/core'
import { Fragment, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Comparison } from '../../../../shared/model/comparison.ts'
import { saveFile, toCsv } from '../../../charts/index.ts'
import { Panel } from '../../../ui/index.ts'
import { countText } from '../reading.ts'
import styles from './compare.module.css'
import { figuresOf, figuresTable } from './figures.ts'

/** One column a scenario, one row a figure; the base is chosen in the head. */
export function CompareTable(props: { comparison: Comparison; busy: boolean; onBase: (key: string) => void }) {
  const { t } = useTranslation('compare')
  const { comparison } = props
  const groups = useMemo(() => figuresOf(comparison, t), [comparison, t])
  return (
    <Panel
      title={t('table')}
      aside={
        <span className={styles.aside}>
          <span role="status" className={styles.busy}>
            {props.busy ? t('computing') : ''}
          </span>
          <button
            type="button"
            className={styles.tool}
            aria-label={t('saveCsvOf')}
            onClick={() => saveFile('scenarios.csv', toCsv(figuresTable(comparison, t)), 'text/csv')}
          >
            {t('saveCsv')}
          </button>
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.scroller} tabIndex={0} aria-label={t('table')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('figure')}</th>
              {comparison.scenarios.map((one) => (
                <th key={one.key} scope="col" data-base={one.key === comparison.base || undefined}>
                  <span className={styles.name}>{one.name}</span>
                  <Radio
                    size="xs"
                    name="compare-base"
                    label={t('base')}
                    aria-label={t('baseOf', { name: one.name })}
                    checked={one.key === comparison.base}
                    onChange={() => props.onBase(one.key)}
                  />
                </th>
              ))}
            </tr>
          </thead>
          {groups.map((group) => (
            <tbody key={group.id}>
              <tr className={styles.group}>
                <th scope="rowgroup" colSpan={comparison.scenarios.length + 1}>
                  {group.name}
                </th>
              </tr>
              {group.rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{row.name}</th>
                  {row.cells.map((cell, index) => {
                    const key = comparison.scenarios[index]?.key
                    return (
                      <td key={key} data-tone={cell.tone} data-base={key === comparison.base || undefined}>
                        <span className={styles.main}>{cell.main}</span>
                        {cell.details.map((detail) => (
                          <Fragment key={detail}>
                            <small>{detail}</small>
                          </Fragment>
                        ))}
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </section>
      <p className={styles.basis}>
        {t('basis', {
          paths: countText(comparison.paths),
          seed: comparison.seed,
          months: comparison.months,
        })}
      </p>
    </Panel>
  )
}
