import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OwnPriceInput } from '../../../shared/model/own-price.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { useCommand } from '../../app/palette/commands.ts'
import { EmptyState, PageHeader, QueryView } from '../../ui/index.ts'
import { Catalogue } from './browse.tsx'
import { Files } from './files.tsx'
import { OwnForm } from './own-form.tsx'
import { Refresh } from './refresh.tsx'

/** What the own-price form begins with: an id changes that price. */
export interface Editing {
  id?: string
  from: Partial<OwnPriceInput>
}

export default function Prices() {
  const { t } = useTranslation('prices')
  const book = useQuery(useQueryUtils().prices.book.queryOptions())
  const [editing, setEditing] = useState<Editing | null>(null)
  const [refreshing, setRefreshing] = useState(false)
  useCommand('refreshPrices', () => setRefreshing(true))
  useCommand('addPrice', () => setEditing({ from: {} }))
  const providers = new Set(book.data?.prices.map((price) => price.provider)).size
  return (
    <>
      <PageHeader
        title={t('title')}
        note={book.data ? t('note', { count: book.data.prices.length, providers }) : undefined}
        actions={
          <>
            <Files count={book.data?.own.length ?? 0} />
            <Button variant="default" size="xs" onClick={() => setRefreshing(true)}>
              {t('refresh.open')}
            </Button>
            <Button size="xs" onClick={() => setEditing({ from: {} })}>
              {t('own.add')}
            </Button>
          </>
        }
      />
      <QueryView query={book}>
        {(data) =>
          data.prices.length === 0 ? (
            <EmptyState title={t('empty')}>{t('emptyHelp')}</EmptyState>
          ) : (
            <Catalogue book={data} onEdit={setEditing} />
          )
        }
      </QueryView>
      {editing && <OwnForm editing={editing} onClose={() => setEditing(null)} />}
      {refreshing && <Refresh onClose={() => setRefreshing(false)} />}
    </>
  )
}
