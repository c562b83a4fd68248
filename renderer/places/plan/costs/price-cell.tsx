import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../../shared/contract/contract.ts'
import type { LineItem } from '../../../../shared/model/line-item.ts'
import { amountText, decimalText, typedPriceText } from '../text.ts'
import styles from './costs.module.css'

type Line = StageCost['lines'][number]

/** How a row is charged: quantity times price, the formula behind the quantity, tiers and free units, the SKU and the rate. */
export function PriceCell({ item, line, own }: { item: LineItem; line: Line; own: string }) {
  const { t } = useTranslation(['costs', 'plan'])
  const { price } = item
  const { value, formula } = line.quantity
  const currency = 'sku' in price ? line.unitPrice?.currency : price.currency
  return (
    <>
      <QuantityTimes item={item} line={line} />
      {formula !== null && (
        <small className={styles.formula}>
          {value === null ? t('noValue', { formula }) : t('formula', { value: decimalText(value), formula })}
        </small>
      )}
      {'tiers' in price && <Tiers price={price} />}
      {'sku' in price && line.unitPrice && line.unitPrice.free > 0 && (
        <small>{t('free', { units: decimalText(line.unitPrice.free) })}</small>
      )}
      {'sku' in price && <small>{price.sku}</small>}
      {line.rate !== null && currency !== undefined && (
        <small>{t('rate', { currency, rate: decimalText(line.rate), own })}</small>
      )}
    </>
  )
}

function QuantityTimes({ item, line }: { item: LineItem; line: Line }) {
  const { t } = useTranslation(['costs', 'plan'])
  const { t: plan } = useTranslation('plan')
  const { price } = item
  const quantity = line.quantity.value
  const times = (one: string) =>
    quantity === null || quantity === 1 ? one : plan('costs.times', { quantity: decimalText(quantity), price: one })
  if ('tiers' in price)
    return quantity === null ? null : <span>{t('used', { quantity: decimalText(quantity), unit: price.unit })}</span>
  if (!('sku' in price)) return <span className={styles.unit}>{times(typedPriceText(price, item.per, plan))}</span>
  const unit = line.unitPrice
  if (!unit) return null
  const amount = amountText(unit.amount, unit.currency)
  if (unit.unit !== null) return <span>{times(t('perUse', { price: amount, unit: unit.unit }))}</span>
  return (
    <span className={styles.unit}>
      {times(plan(unit.per === 'hour' ? 'costs.per.hour' : 'costs.per.month', { price: amount }))}
    </span>
  )
}

function Tiers({ price }: { price: Extract<LineItem['price'], { tiers: unknown }> }) {
  const { t } = useTranslation('costs')
  const { free, tiers, currency } = price
  return (
    <>
      {free > 0 && <small>{t('free', { units: decimalText(free) })}</small>}
      {tiers.map(({ upTo, amount }, index) => {
        const each = amountText(amount, currency)
        // Tiers are counted after the free units; people read them from the first unit on.
        const from = free + (tiers[index - 1]?.upTo ?? 0)
        const text =
          upTo !== null
            ? t('tierTo', { upTo: decimalText(free + upTo), price: each })
            : from > 0
              ? t('tierOn', { from: decimalText(from), price: each })
              : t('tierAll', { price: each })
        return <small key={String(upTo)}>{text}</small>
      })}
    </>
  )
}
