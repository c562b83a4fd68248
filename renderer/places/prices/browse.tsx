import { Button, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Price, priceKey } from '../../../shared/model/catalogue.ts'
import { now } from '../../app/clock.ts'
import type { QueryUtils } from '../../app/core.tsx'
import { addressOf, go, useRoute } from '../../app/route.ts'
import { EmptyState } from '../../ui/index.ts'
import { type Filter, FRESHNESS, filterPrices, NO_FILTER, ORIGINS, type Sort, sortPrices } from './catalogue.ts'
import { Comparison } from './comparison.tsx'
import { PriceDetails } from './details.tsx'
import type { Editing } from './index.tsx'
import styles from './prices.module.css'
import { PriceTable } from './table.tsx'

export type Book = Awaited<ReturnType<QueryUtils['prices']['book']['call']>>

/** Every price in use: searched, filtered, sorted, and some of them side by side. */
export function Catalogue({ book, onEdit }: { book: Book; onEdit: (editing: Editing) => void }) {
  const { t } = useTranslation('prices')
  const { prices } = book
  const [filter, setFilter] = useState<Filter>(NO_FILTER)
  const [more, setMore] = useState(false)
  const [sort, setSort] = useState<Sort>({ key: 'provider', descending: false })
  const chosen = useRoute().query.get('price')
  const setChosen = (key: string | null) => go(key === null ? '/prices' : addressOf.price(key))
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [comparing, setComparing] = useState(false)
  const [at] = useState(now)
  // Typing goes before the list that follows it.
  const asked = useDeferredValue(filter)
  const shown = useMemo(() => sortPrices(filterPrices(prices, asked, at), sort, at), [prices, asked, sort, at])
  const options = useMemo(() => {
    const of = (pick: (price: Price) => string) => [...new Set(prices.map(pick))].sort()
    return {
      provider: of((price) => price.provider),
      kind: of((price) => price.kind),
      region: of((price) => price.region),
      currency: of((price) => price.currency),
    }
  }, [prices])
  const set = (change: Partial<Filter>) => setFilter({ ...filter, ...change })
  const number = (value: string | number) => (typeof value === 'number' ? value : null)
  const pick = (price: Price) => {
    const next = new Set(picked)
    if (!next.delete(priceKey(price))) next.add(priceKey(price))
    setPicked(next)
  }
  const pickedPrices = prices.filter((price) => picked.has(priceKey(price)))
  const open = chosen === null ? undefined : prices.find((price) => priceKey(price) === chosen)

  return (
    <>
      <search className={styles.filters}>
        <TextInput
          size="xs"
          type="search"
          aria-label={t('search')}
          placeholder={t('searchPlaceholder')}
          value={filter.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
          className={styles.search}
        />
        <MultiSelect
          size="xs"
          aria-label={t('provider')}
          placeholder={filter.providers.length === 0 ? t('anyProvider') : undefined}
          data={options.provider}
          value={[...filter.providers]}
          onChange={(providers) => set({ providers })}
          clearable
          searchable
          className={styles.providers}
        />
        <Select
          size="xs"
          aria-label={t('kind')}
          placeholder={t('anyKind')}
          data={options.kind}
          value={filter.kind}
          onChange={(kind) => set({ kind })}
          clearable
          searchable
          w={136}
        />
        <Select
          size="xs"
          aria-label={t('freshnessLabel')}
          placeholder={t('anyFreshness')}
          data={FRESHNESS.map((value) => ({ value, label: t(`freshness.${value}`) }))}
          value={filter.freshness}
          onChange={(value) => set({ freshness: FRESHNESS.find((one) => one === value) ?? null })}
          clearable
          w={136}
        />
        <Button size="xs" variant="subtle" aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? t('fewerFilters') : t('moreFilters')}
        </Button>
        <span className={styles.count} role="status">
          {t('shown', { shown: shown.length, count: prices.length })}
        </span>
        {more && (
          <div className={styles.moreFilters}>
            <Select
              size="xs"
              label={t('columns.region')}
              placeholder={t('any')}
              data={options.region}
              value={filter.region}
              onChange={(region) => set({ region })}
              clearable
              searchable
            />
            <Select
              size="xs"
              label={t('currency')}
              placeholder={t('any')}
              data={options.currency}
              value={filter.currency}
              onChange={(currency) => set({ currency })}
              clearable
            />
            <Select
              size="xs"
              label={t('originLabel')}
              placeholder={t('any')}
              data={ORIGINS.map((value) => ({ value, label: t(`origin.${value}`) }))}
              value={filter.origin}
              onChange={(value) => set({ origin: ORIGINS.find((one) => one === value) ?? null })}
              clearable
            />
            <NumberInput
              size="xs"
              label={t('leastVcpu')}
              min={0}
              value={filter.leastVcpu ?? ''}
              onChange={(value) => set({ leastVcpu: number(value) })}
            />
            <NumberInput
              size="xs"
              label={t('leastRam')}
              min={0}
              value={filter.leastRamGb ?? ''}
              onChange={(value) => set({ leastRamGb: number(value) })}
            />
            <NumberInput
              size="xs"
              label={t('mostAmount')}
              min={0}
              value={filter.mostAmount ?? ''}
              onChange={(value) => set({ mostAmount: number(value) })}
            />
            <Select
              size="xs"
              label={t('cpuLabel')}
              placeholder={t('any')}
              data={(['shared', 'dedicated'] as const).map((value) => ({ value, label: t(`cpu.${value}`) }))}
              value={filter.cpu}
              onChange={(value) => set({ cpu: value === 'shared' || value === 'dedicated' ? value : null })}
              clearable
            />
            <Select
              size="xs"
              label={t('architectureLabel')}
              placeholder={t('any')}
              data={(['x86', 'arm'] as const).map((value) => ({ value, label: t(`architecture.${value}`) }))}
              value={filter.architecture}
              onChange={(value) => set({ architecture: value === 'x86' || value === 'arm' ? value : null })}
              clearable
            />
          </div>
        )}
      </search>
      {picked.size > 0 && (
        <div className={styles.picked}>
          <span>{t('picked', { count: pickedPrices.length })}</span>
          <Button size="compact-xs" onClick={() => setComparing(true)} disabled={pickedPrices.length < 2}>
            {t('compare.open')}
          </Button>
          <Button size="compact-xs" variant="subtle" onClick={() => setPicked(new Set())}>
            {t('compare.clear')}
          </Button>
        </div>
      )}
      {shown.length === 0 ? (
        <EmptyState
          title={t('noMatch')}
          actions={
            <Button variant="default" onClick={() => setFilter(NO_FILTER)}>
              {t('clear')}
            </Button>
          }
        >
          {t('noMatchHelp')}
        </EmptyState>
      ) : (
        <PriceTable
          prices={shown}
          sort={sort}
          onSort={setSort}
          now={at}
          picked={picked}
          onPick={pick}
          onChoose={(price) => setChosen(priceKey(price))}
        />
      )}
      <p className={styles.rule}>{t('staleRule')}</p>
      {open && <PriceDetails price={open} book={book} now={at} onEdit={onEdit} onClose={() => setChosen(null)} />}
      {comparing && <Comparison prices={pickedPrices} now={at} onClose={() => setComparing(false)} />}
    </>
  )
}
