import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { quotedAmount } from '../../../../shared/format/money.ts'
import { priceKey } from '../../../../shared/model/catalogue.ts'
import { useQueryUtils } from '../../../app/core.tsx'
import { Tag } from '../../../ui/index.ts'
import styles from './edit.module.css'
import { findPrices, skuName } from './find-prices.ts'

/** The list is chosen from by eye; a longer one wants another word. */
const SHOWN = 30

/** A search over the catalogue: provider, name, kind, region, and sizes such as "4 vcpu 8 gb". */
export function SkuSearch(props: { currencies: readonly string[]; onPick: (sku: string) => void }) {
  const { t } = useTranslation('planEdit')
  const utils = useQueryUtils()
  const prices = useQuery(utils.plan.prices.queryOptions({ staleTime: 300_000 }))
  const [text, setText] = useState('')
  const asked = useDeferredValue(text)
  const found = useMemo(
    () => (asked.trim() === '' ? [] : findPrices(prices.data ?? [], asked, props.currencies)),
    [prices.data, asked, props.currencies],
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
            {found.slice(0, SHOWN).map((price) => {
              const size = [
                price.vcpu !== null && `${price.vcpu} vCPU`,
                price.ramGb !== null && `${price.ramGb} GB RAM`,
                price.diskGb !== null && `${price.diskGb} GB`,
              ].filter(Boolean)
              const amount = price.monthly ?? price.hourly ?? price.perUnit?.price
              const per =
                price.monthly !== null ? t('sku.month') : price.hourly !== null ? t('sku.hour') : price.perUnit?.unit
              return (
                <li key={priceKey(price)}>
                  <button
                    type="button"
                    onClick={() => {
                      props.onPick(skuName(price, prices.data ?? []))
                      setText('')
                    }}
                  >
                    <b>
                      {price.provider}/{price.sku} {price.goneAt !== undefined && <Tag tone="bad">{t('sku.gone')}</Tag>}
                      {price.origin === 'own' && <Tag>{t('sku.own')}</Tag>}
                    </b>
                    <span>{[...size, price.region].join(', ')}</span>
                    <span>
                      {amount == null ? t('sku.noAmount') : `${quotedAmount(amount, price.currency)} ${per ?? ''}`}
                    </span>
                  </button>
                </li>
              )
            })}
          </ul>
          <span className={styles.soft} role="status">
            {found.length > SHOWN
              ? t('sku.countShown', { count: found.length, shown: SHOWN })
              : t('sku.count', { count: found.length })}
          </span>
        </>
      )}
    </div>
  )
}
