import { Button, Modal, PasswordInput, Select } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PriceRefresh, PriceSourceState } from '../../../shared/model/price-refresh.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { ProblemNotice, QueryView, Tag } from '../../ui/index.ts'
import { dayText } from './price-text.ts'
import styles from './prices.module.css'
import { RefreshDiff } from './refresh-diff.tsx'

/** The providers' lists: what is asked where, the token where one is wanted, what came, and the way back. */
export function Refresh({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('prices')
  const utils = useQueryUtils()
  const sources = useQuery(utils.prices.sources.queryOptions())
  const [read, setRead] = useState<PriceRefresh | null>(null)
  const source = sources.data?.find(({ id }) => id === read?.source)
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={source ? t('refresh.found', { name: source.name }) : t('refresh.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {read ? (
        <RefreshDiff refresh={read} onBack={() => setRead(null)} onDone={onClose} />
      ) : (
        <>
          <p className={styles.soft}>{t('refresh.help')}</p>
          <QueryView query={sources}>
            {(list) => (
              <ul className={styles.sources}>
                {list.map((one) => (
                  <Source key={one.id} source={one} onRead={setRead} />
                ))}
              </ul>
            )}
          </QueryView>
        </>
      )}
    </Modal>
  )
}

function Source({ source, onRead }: { source: PriceSourceState; onRead: (refresh: PriceRefresh) => void }) {
  const { t } = useTranslation('prices')
  const core = useCore()
  const utils = useQueryUtils()
  const client = useQueryClient()
  const [region, setRegion] = useState(source.regions[0] ?? 'all')
  const [token, setToken] = useState('')
  const stop = useRef<AbortController | null>(null)
  const again = () => client.invalidateQueries({ queryKey: utils.prices.sources.key() })
  const read = useMutation({
    mutationFn: async () => {
      stop.current = new AbortController()
      if (token !== '') {
        await core.prices.setToken({ source: source.id, token })
        setToken('')
        await again()
      }
      return core.prices.refresh({ source: source.id, region }, { signal: stop.current.signal })
    },
    onSuccess: onRead,
  })
  const back = useMutation({
    mutationFn: () => core.prices.revert({ source: source.id }),
    onSuccess: async () => {
      notifications.show({ message: t('refresh.reverted', { name: source.name }) })
      await again()
    },
  })
  const forget = useMutation({
    mutationFn: () => core.prices.setToken({ source: source.id, token: '' }),
    onSuccess: again,
  })
  const stopped = read.error !== null && stop.current?.signal.aborted === true
  const problem = stopped ? back.error : (read.error ?? back.error)
  const day = source.appliedAt === null ? null : dayText(new Date(source.appliedAt).toISOString().slice(0, 10))
  return (
    <li>
      <div className={styles.sourceHead}>
        <div>
          <b>{source.name}</b>
          <small>
            {source.host} · {day === null ? t('refresh.never') : t('refresh.applied', { day, count: source.prices })}
          </small>
        </div>
        {source.needsToken && (
          <Tag tone={source.hasToken ? 'good' : 'neutral'}>
            {source.hasToken ? t('refresh.hasToken') : t('refresh.wantsToken')}
          </Tag>
        )}
        <div className={styles.sourceActions}>
          {source.regions.length > 1 && (
            <Select
              size="xs"
              aria-label={t('refresh.region', { name: source.name })}
              data={source.regions}
              value={region}
              allowDeselect={false}
              onChange={(value) => value !== null && setRegion(value)}
              w={140}
            />
          )}
          {day !== null && (
            <Button size="xs" variant="subtle" loading={back.isPending} onClick={() => back.mutate()}>
              {t('refresh.revert')}
            </Button>
          )}
          {read.isPending ? (
            <Button size="xs" variant="default" onClick={() => stop.current?.abort()}>
              {t('refresh.stop')}
            </Button>
          ) : (
            <Button
              size="xs"
              variant="default"
              aria-label={t('refresh.readName', { name: source.name })}
              onClick={() => read.mutate()}
            >
              {t('refresh.read')}
            </Button>
          )}
        </div>
      </div>
      {source.needsToken && (
        <div className={styles.token}>
          <PasswordInput
            size="xs"
            label={t('refresh.token', { name: source.name })}
            description={source.tokenHelp}
            value={token}
            autoComplete="off"
            onChange={(event) => setToken(event.currentTarget.value)}
          />
          {source.hasToken && (
            <Button size="compact-xs" variant="subtle" onClick={() => forget.mutate()}>
              {t('refresh.forget')}
            </Button>
          )}
        </div>
      )}
      {read.isPending && (
        <p role="status" className={styles.soft}>
          {t('refresh.reading', { host: source.host })}
        </p>
      )}
      {problem && <ProblemNotice problem={problemFrom(problem)} />}
    </li>
  )
}
