import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../../../app/core.tsx'
import styles from './edit.module.css'
import { findPrices } from './find-prices.ts'

/** A search over the catalogue: provider, name, kind, region, and sizes such as "4 vcpu 8 gb". */
export function SkuSearch(props: { currencies: readonly string[]; onPick: (sku: string) => void }) {
  const { t } = useTranslation('planEdit')
  const utils = useQueryUtils()
  const prices = useQuery(utils.plan.prices.queryOptions({ staleTime: 300_000 }))
  const [text, setText] = useState('')
  const found = useMemo(
    () => (text.trim() === '' ? [] : findPrices(prices.data ?? [], text, props.currencies)),
    [prices.data, text, props.currencies],
  )
  return (
    <div className={styles.stack}>
      <TextInput
        size="xs"
        label={t('sku.label')}
        placeholder={t('sku.placeholder')}
        leftSection={<Search size={13} aria-hidden="true" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text.trim() !== '' && (
        <>
          <ul className={styles.found} aria-label={t('sku.found')}>
            {found.slice(0, 30).map((price) => {
              const size = [
                price.vcpu !== null && `${price.vcpu} vCPU`,
                price.ramGb !== null && `${price.ramGb} GB RAM`,
                price.diskGb !== null && `${price.diskGb} GB`,
              ].filter(Boolean)
              const amount = price.monthly ?? price.hourly ?? price.perUnit?.price
              const per =
                price.monthly !== null ? t('sku.month') : price.hourly !== null ? t('sku.hour') : price.perUnit?.unit
              return (
                <li key={`${price.provider}/${price.sku}@${price.region} ${price.currency} ${price.kind}`}>
                  <button
                    type="button"
                    onClick={() => {
                      const several = found.some(
                        (other) =>
                          other.sku === price.sku && other.provider === price.provider && other.region !== price.region,
                      )
                      props.onPick(`${price.provider}/${price.sku}${several ? `@${price.region}` : ''}`)
                      setText('')
                    }}
                  >
                    <b>
                      {price.provider}/{price.sku}
                    </b>
                    <span>{[...size, price.region].join(', ')}</span>
                    <span>{amount == null ? t('sku.noAmount') : `${amount} ${price.currency} ${per ?? ''}`}</span>
                  </button>
                </li>
              )
            })}
          </ul>
          <span className={styles.soft} role="status">
            {t('sku.count', { count: found.length })}
          </span>
        </>
      )}
    </div>
  )
}
