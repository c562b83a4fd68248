import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../shared/contract/contract.ts'
import { formatMoney } from '../../../shared/format/quantity.ts'
import type { Stage } from '../../../shared/model/stage.ts'
import { Tag } from '../../ui/index.ts'
import styles from './plan.module.css'
import { moneyRange, priceText } from './text.ts'

/** The rows of a stage, their computed sum, and the source's own total beside it; a total that differs is flagged in words. */
export function CostTable({ stage, cost }: { stage: Stage; cost: StageCost | undefined }) {
  const { t } = useTranslation('plan')
  if (!cost || (cost.lines.length === 0 && !cost.stated)) return <p className={styles.soft}>{t('costs.none')}</p>
  const items = new Map(stage.lineItems.map((item) => [item.id, item]))
  const { stated, currency } = cost
  const statedText = stated && moneyRange(stated.minor, stated.maxMinor ?? stated.minor, currency, t)
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('costs.item')}</th>
            <th scope="col">{t('costs.price')}</th>
            <th scope="col">{t('costs.amount')}</th>
          </tr>
        </thead>
        <tbody>
          {cost.lines.map((line) => {
            const item = items.get(line.id)
            return (
              <tr key={line.id}>
                <th scope="row">
                  {line.name}
                  {line.note !== null && <small>{line.note}</small>}
                </th>
                <td>{item ? priceText(item, t) : ''}</td>
                <td>
                  {line.priced ? (
                    moneyRange(line.perMonthMinor, line.maxPerMonthMinor, line.currency, t)
                  ) : (
                    <Tag tone="warn">{t('costs.unpriced')}</Tag>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
        <tfoot>
          {cost.lines.length > 0 && (
            <tr>
              <th scope="row" colSpan={2}>
                <b>{t('costs.sum')}</b>
              </th>
              <td>
                <b>{moneyRange(cost.perMonthMinor, cost.maxPerMonthMinor, currency, t)}</b>
              </td>
            </tr>
          )}
          {cost.onceMinor > 0 && (
            <tr>
              <th scope="row" colSpan={2}>
                {t('costs.once')}
              </th>
              <td>{formatMoney({ minor: cost.onceMinor, currency })}</td>
            </tr>
          )}
          {stated && statedText && (
            <tr>
              <th scope="row" colSpan={2}>
                {t('costs.stated')}{' '}
                {cost.lines.length > 0 && (
                  <Tag tone={cost.differs ? 'warn' : 'neutral'}>
                    {cost.differs ? t('costs.differs') : t('costs.agrees')}
                  </Tag>
                )}
              </th>
              <td>{stated.open ? t('costs.statedOpen', { amount: statedText }) : statedText}</td>
            </tr>
          )}
        </tfoot>
      </table>
      {cost.differs && cost.difference !== null && <p className={styles.difference}>{cost.difference}</p>}
    </>
  )
}
