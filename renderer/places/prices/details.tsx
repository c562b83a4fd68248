import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Price } from '../../../shared/model/catalogue.ts'
import { hourlyText, monthlyText, sizeText } from './price-text.ts'
import styles from './prices.module.css'
import { AgeMark } from './table.tsx'

/** Everything known about one price, its whole source and note included. */
export function PriceDetails({ price, now, onClose }: { price: Price; now: number; onClose: () => void }) {
  const { t } = useTranslation('prices')
  const vat = price.vatIncluded === null ? t('vatUnknown') : price.vatIncluded ? t('vatIncluded') : t('vatExcluded')
  const free = price.perUnit?.freeTier
  const traffic = price.trafficTb === null ? '' : t('traffic', { value: price.trafficTb })
  const facts: [string, ReactNode][] = [
    [t('facts.sku'), `${price.provider}/${price.sku}`],
    [t('facts.region'), price.region],
    [t('facts.size'), [sizeText(price, t), traffic].filter(Boolean).join(', ') || '–'],
    [
      t('facts.price'),
      [monthlyText(price), hourlyText(price, t), free != null && t('free', { amount: free })]
        .filter(Boolean)
        .join(' · ') || t('notQuoted'),
    ],
    [t('facts.vat'), vat],
    [t('facts.asOf'), price.asOf ?? t('undated')],
    [t('facts.checked'), price.verifiedAt ?? '–'],
    [t('columns.age'), <AgeMark key="age" price={price} now={now} />],
    [t('facts.confidence'), t(`confidences.${price.confidence}`)],
    [t('facts.source'), price.source],
    ...(price.note === null ? [] : [[t('facts.note'), price.note] as [string, ReactNode]]),
  ]
  return (
    <Modal opened onClose={onClose} title={price.sku} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
