import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Price } from '../../../shared/model/catalogue.ts'
import { now } from '../../app/clock.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { EmptyState, PageHeader, QueryView } from '../../ui/index.ts'
import { type Filter, filterPrices, type Sort, sortPrices } from './catalogue.ts'
import { PriceDetails } from './details.tsx'
import styles from './prices.module.css'
import { PriceTable } from './table.tsx'

const NO_FILTER: Filter = { text: '', provider: null, kind: null, staleOnly: false }

export default function Prices() {
  const { t } = useTranslation('prices')
  const utils = useQueryUtils()
  const query = useQuery(utils.plan.prices.queryOptions())
  const providers = new Set(query.data?.map((price) => price.provider)).size
  return (
    <>
      <PageHeader
        title={t('title')}
        note={query.data ? t('note', { count: query.data.length, providers }) : undefined}
      />
      <QueryView query={query}>
        {(prices) =>
          prices.length === 0 ? (
            <EmptyState title={t('empty')}>{t('emptyHelp')}</EmptyState>
          ) : (
            <Catalogue prices={prices} />
          )
        }
      </QueryView>
    </>
  )
}

function Catalogue({ prices }: { prices: readonly Price[] }) {
  const { t } = useTranslation('prices')
  const [filter, setFilter] = useState<Filter>(NO_FILTER)
  const [sort, setSort] = useState<Sort>({ key: 'provider', descending: false })
  const [chosen, setChosen] = useState<Price | null>(null)
  const [at] = useState(now)
  const shown = useMemo(() => sortPrices(filterPrices(prices, filter, at), sort, at), [prices, filter, sort, at])
  const options = (pick: (price: Price) => string) => [...new Set(prices.map(pick))].sort()

  return (
    <>
      <div className={styles.filters}>
        <TextInput
          type="search"
          aria-label={t('search')}
          placeholder={t('searchPlaceholder')}
          value={filter.text}
          onChange={(event) => setFilter({ ...filter, text: event.currentTarget.value })}
          className={styles.search}
        />
        <Select
          aria-label={t('provider')}
          placeholder={t('anyProvider')}
          data={options((price) => price.provider)}
          value={filter.provider}
          onChange={(provider) => setFilter({ ...filter, provider })}
          clearable
          searchable
          w={160}
        />
        <Select
          aria-label={t('kind')}
          placeholder={t('anyKind')}
          data={options((price) => price.kind)}
          value={filter.kind}
          onChange={(kind) => setFilter({ ...filter, kind })}
          clearable
          searchable
          w={150}
        />
        <Checkbox
          label={t('staleOnly')}
          checked={filter.staleOnly}
          onChange={(event) => setFilter({ ...filter, staleOnly: event.currentTarget.checked })}
        />
        <span className={styles.count} role="status">
          {t('shown', { shown: shown.length, count: prices.length })}
        </span>
      </div>
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
        <PriceTable prices={shown} sort={sort} onSort={setSort} now={at} onChoose={setChosen} />
      )}
      <p className={styles.rule}>{t('staleRule')}</p>
      {chosen && <PriceDetails price={chosen} now={at} onClose={() => setChosen(null)} />}
    </>
  )
}
