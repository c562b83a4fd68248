import { ActionIcon, Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../../shared/format/duration.ts'
import type { Host } from '../../../../shared/model/host.ts'
import { intervalOf, type Service, type ServiceOffer } from '../../../../shared/model/service.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { Panel, ProblemNotice, QueryView, Tag } from '../../../ui/index.ts'
import { type Draft, draftOf, KINDS, newDraft, targetOf } from './draft.ts'
import { ServiceDialog } from './service-dialog.tsx'
import styles from './service-forms.module.css'

/** What a server is asked besides itself: a list, forms to change it, and what was seen there and is not asked yet. */
export function ServicesPanel({ host }: { host: Host }) {
  const { t } = useTranslation('services')
  const utils = useQueryUtils()
  const query = useQuery(utils.services.list.queryOptions({ input: { hostId: host.id } }))
  return (
    <Panel title={t('title')}>
      <QueryView query={query}>
        {({ services, withSecret }) => <Services host={host} services={services} withSecret={withSecret} />}
      </QueryView>
    </Panel>
  )
}

function Services({ host, services, withSecret }: { host: Host; services: Service[]; withSecret: string[] }) {
  const { t } = useTranslation('services')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [draft, setDraft] = useState<Draft | null>(null)
  const offers = useQuery(utils.services.offers.queryOptions({ input: { hostId: host.id } }))
  const store = async (next: Service[], secrets: Record<string, string | null> = {}) => {
    await core.services.set({ hostId: host.id, services: next, secrets })
    await queries.invalidateQueries({ queryKey: utils.services.key() })
  }
  const remove = useMutation({
    mutationFn: (service: Service) => store(services.filter((one) => one.id !== service.id)),
    onSuccess: (_, service) => notifications.show({ message: t('removed', { name: service.name }) }),
  })
  const save = async (service: Service, secret: string | null | undefined) => {
    const known = services.some((one) => one.id === service.id)
    const next = known ? services.map((one) => (one.id === service.id ? service : one)) : [...services, service]
    await store(next, secret === undefined ? {} : { [service.id]: secret })
    notifications.show({ message: t('saved', { name: service.name }) })
  }
  return (
    <>
      {services.length === 0 ? (
        <p className={styles.quiet}>{t('empty')}</p>
      ) : (
        <ul className={styles.list} aria-label={t('list')}>
          {services.map((service) => (
            <li key={service.id} className={styles.item}>
              <span>
                <Tag>{t(`kinds.${service.kind}`)}</Tag>
              </span>
              <span className={styles.what}>
                <strong>{service.name}</strong>
                <span className={styles.target} title={targetOf(service)}>
                  {intervalOf(service) === 0
                    ? t('eachRound')
                    : t('every', { duration: formatDuration(intervalOf(service)) })}
                  {withSecret.includes(service.id) && ` · ${t('secretKept')}`}
                  {' · '}
                  {targetOf(service)}
                </span>
              </span>
              <span className={styles.actions}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('edit', { name: service.name })}
                  onClick={() => setDraft(draftOf(service))}
                >
                  <Pencil size={14} aria-hidden="true" />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('remove', { name: service.name })}
                  loading={remove.isPending && remove.variables.id === service.id}
                  onClick={() => remove.mutate(service)}
                >
                  <Trash2 size={14} aria-hidden="true" />
                </ActionIcon>
              </span>
            </li>
          ))}
        </ul>
      )}
      {remove.isError && <ProblemNotice problem={problemFrom(remove.error)} />}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button mt={8} size="compact-sm" variant="default" leftSection={<Plus size={14} aria-hidden="true" />}>
            {t('add')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown aria-label={t('addWhat')}>
          {KINDS.map((kind) => (
            <Menu.Item key={kind} onClick={() => setDraft(newDraft(kind, kind === 'own' ? '' : t(`kinds.${kind}`)))}>
              {t(`kinds.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Offers offers={offers.data ?? []} onSetUp={(service) => setDraft(proposed(service))} />
      {draft !== null && (
        <ServiceDialog
          hostId={host.id}
          draft={draft}
          taken={services.map(({ id }) => id)}
          hasSecret={draft.id !== undefined && withSecret.includes(draft.id)}
          onClose={() => setDraft(null)}
          onSave={save}
        />
      )}
    </>
  )
}

/** A proposal is a new service: it gets its id when it is saved. */
function proposed(service: Service): Draft {
  const { id: _, ...draft } = draftOf(service)
  return draft
}

function Offers({ offers, onSetUp }: { offers: ServiceOffer[]; onSetUp: (service: Service) => void }) {
  const { t } = useTranslation('services')
  if (offers.length === 0) return null
  return (
    <div className={styles.offers}>
      <h3>{t('seen')}</h3>
      {offers.map((offer) => (
        <div key={`${offer.what} ${offer.port}`} className={styles.offer}>
          <span>{t(`offers.${offer.what}`, { port: offer.port ?? 0 })}</span>
          {offer.service && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`${t('setUp')}: ${t(`kinds.${offer.service.kind}`)}`}
              onClick={() => offer.service && onSetUp(offer.service)}
            >
              {t('setUp')}
            </Button>
          )}
        </div>
      ))}
    </div>
  )
}
