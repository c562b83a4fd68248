import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { quotedAmount } from '../../../shared/format/money.ts'
import { type Price, priceKey } from '../../../shared/model/catalogue.ts'
import { monthOf } from './catalogue.ts'
import { hourlyText } from './price-text.ts'
import styles from './prices.module.css'
import { AgeMark } from './table.tsx'

/** Chosen prices side by side, with what a core and a GB of memory cost in each. Currencies are not mixed. */
export function Comparison({ prices, now, onClose }: { prices: readonly Price[]; now: number; onClose: () => void }) {
  const { t } = useTranslation('prices')
  const per = (price: Price, size: number | null): ReactNode => {
    const month = monthOf(price)
    return month === null || size === null || size === 0
      ? '–'
      : quotedAmount(Number((month / size).toPrecision(4)), price.currency)
  }
  const plain = (value: number | null): ReactNode => value ?? '–'
  const rows: [string, (price: Price) => ReactNode][] = [
    [t('columns.region'), ({ region }) => region],
    [
      t('compare.month'),
      (price) => {
        const month = monthOf(price)
        return month === null ? '–' : quotedAmount(Number(month.toPrecision(8)), price.currency)
      },
    ],
    [t('columns.hourly'), (price) => hourlyText(price, t) ?? '–'],
    [t('compare.vcpu'), ({ vcpu }) => plain(vcpu)],
    [t('compare.ram'), ({ ramGb }) => plain(ramGb)],
    [t('compare.disk'), ({ diskGb }) => plain(diskGb)],
    [t('compare.traffic'), ({ trafficTb }) => plain(trafficTb)],
    [t('compare.perVcpu'), (price) => per(price, price.vcpu)],
    [t('compare.perRam'), (price) => per(price, price.ramGb)],
    [t('cpuLabel'), ({ cpu }) => (cpu === undefined ? '–' : t(`cpu.${cpu}`))],
    [
      t('architectureLabel'),
      ({ architecture }) => (architecture === undefined ? '–' : t(`architecture.${architecture}`)),
    ],
    [
      t('facts.vat'),
      ({ vatIncluded }) => (vatIncluded === null ? t('vatUnknown') : vatIncluded ? t('vatIncluded') : t('vatExcluded')),
    ],
    [t('columns.age'), (price) => <AgeMark price={price} now={now} />],
    [t('columns.confidence'), ({ confidence }) => t(`confidences.${confidence}`)],
  ]
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('compare.title')}
      size="auto"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className={styles.scrolling}>
        <table className={styles.compared} aria-label={t('compare.title')}>
          <thead>
            <tr>
              <td />
              {prices.map((price) => (
                <th scope="col" key={priceKey(price)}>
                  {price.provider}/{price.sku}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, cell]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {prices.map((price) => (
                  <td key={priceKey(price)}>{cell(price)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Modal>
  )
}
