import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Calculation } from '../../../../shared/model/reference.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import table from '../plan.module.css'
import { cellText, numberText } from './cell-text.ts'
import { CurveChart } from './curve-chart.tsx'
import styles from './reference.module.css'
import type { Reference } from './use-reference.ts'

type Column = Calculation['columns'][number]
type ComputedCell = Reference['tables'][number]['rows'][number]['cells'][string]

/** A table of the plan: what its source states, and what the app computes where that differs or nothing is stated. */
export function CalculationTable(props: {
  plan: Plan
  one: Calculation
  found: Reference['tables'][number] | undefined
}) {
  const { t } = useTranslation('reference')
  const { plan, one, found } = props
  const cells = new Map(found?.rows.map((row) => [row.id, row.cells]))
  const formulas = one.columns.flatMap(({ name, computed }) =>
    computed && 'formula' in computed ? t('table.oneFormula', { name, formula: computed.formula }) : [],
  )
  return (
    <Panel title={one.title}>
      {one.note !== undefined && <p className={styles.lead}>{one.note}</p>}
      {one.kind === 'curve' && found && <CurveChart plan={plan} one={one} found={found} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={table.wide} tabIndex={0} aria-label={one.title}>
        <table className={`${table.table} ${styles.figured}`}>
          <thead>
            <tr>
              <th scope="col">{t('table.row')}</th>
              {one.columns.map((column) => (
                <th key={column.id} scope="col" title={column.note}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {one.rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">
                  {row.name}
                  {row.note !== undefined && <small>{row.note}</small>}
                </th>
                {one.columns.map((column) => (
                  <td key={column.id}>
                    <CellView
                      column={column}
                      cell={cells.get(row.id)?.[column.id]}
                      stated={row.cells[column.id]}
                      currency={plan.currency}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {formulas.length > 0 && (
        <p className={styles.formulas}>{t('table.computedAs', { formulas: formulas.join(' · ') })}</p>
      )}
    </Panel>
  )
}

function CellView(props: {
  column: Column
  cell: ComputedCell | undefined
  stated: Calculation['rows'][number]['cells'][string] | undefined
  currency: string
}) {
  const { t } = useTranslation('reference')
  const { column, cell, currency } = props
  const words = {
    range: (low: string, high: string) => t('options.range', { low, high }),
    from: (amount: string) => t('options.from', { amount }),
  }
  const text = (value: Parameters<typeof cellText>[0]) => cellText(value, column.unit, currency, words)
  const stated = props.stated ?? null
  const computed = cell?.computed ?? null
  if (stated === null && computed === null) return cell?.note ? <small>{cell.note}</small> : '–'
  const alone = stated === null && computed !== null
  return (
    <>
      <span className={alone ? styles.computed : undefined} data-over={cell?.over ? 'true' : undefined}>
        {text(alone ? computed : (stated as NonNullable<typeof stated>))}
      </span>
      {cell?.over && column.limit !== undefined && (
        <div>
          <Tag tone="warn">{t('table.over', { limit: column.limit })}</Tag>
        </div>
      )}
      {!alone && computed && (cell?.differs || typeof stated === 'string') && (
        <small data-differs={cell?.differs ? 'true' : undefined} className={styles.against}>
          {t('table.computed', { value: text(computed) })}
        </small>
      )}
      {!alone && computed && !cell?.differs && typeof stated !== 'string' && (
        <small title={t('table.computed', { value: text(computed) })}>{t('table.agrees')}</small>
      )}
      {cell?.price && (
        <small className={styles.fact}>
          {t('table.price', {
            amount: numberText(cell.price.amount, 'money', cell.price.currency),
            sku: cell.price.sku,
            region: cell.price.region,
            asOf: cell.price.asOf ?? t('table.undated'),
          })}
        </small>
      )}
      {cell?.note && <small className={styles.fact}>{cell.note}</small>}
    </>
  )
}
