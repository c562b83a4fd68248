import { Button, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostKey } from '../../../shared/model/host.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { locale } from '../../app/words/locale.ts'
import { Panel, ProblemNotice, QueryView } from '../../ui/index.ts'
import { KeyImport } from './key-import.tsx'
import styles from './settings.module.css'

type KnownKey = HostKey & { source: string; acceptedAt: number | null }

/** The host keys on file. Those Headroom stored can be forgotten here; known_hosts belongs to the operator. */
export function KnownKeys() {
  const { t } = useTranslation('settings')
  const utils = useQueryUtils()
  const keys = useQuery(utils.hosts.knownKeys.queryOptions())
  const [forgetting, setForgetting] = useState<KnownKey | null>(null)
  return (
    <Panel section="keys" title={t('keys.title')} className={styles.wide} aside={<KeyImport />}>
      <QueryView query={keys}>
        {(all) =>
          all.length === 0 ? (
            <p className={styles.quiet}>{t('keys.empty')}</p>
          ) : (
            <div className={styles.scroll}>
              <table className={styles.table} aria-label={t('keys.title')}>
                <thead>
                  <tr>
                    <th scope="col">{t('keys.address')}</th>
                    <th scope="col">{t('keys.fingerprint')}</th>
                    <th scope="col">{t('keys.source')}</th>
                    <th scope="col">{t('keys.accepted')}</th>
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {all.map((key) => (
                    <Row
                      key={`${key.address} ${key.port} ${key.fingerprint} ${key.source}`}
                      known={key}
                      onForget={setForgetting}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </QueryView>
      {forgetting && <ForgetDialog known={forgetting} onClose={() => setForgetting(null)} />}
    </Panel>
  )
}

function Row({ known, onForget }: { known: KnownKey; onForget: (key: KnownKey) => void }) {
  const { t } = useTranslation('settings')
  const target = `${known.address}:${known.port}`
  const own = known.acceptedAt !== null
  return (
    <tr>
      <td>{target}</td>
      <td className={styles.fingerprint}>
        <code>{known.fingerprint}</code>
        <small>{known.algorithm}</small>
      </td>
      <td>{own ? t('keys.app') : known.source}</td>
      <td>{known.acceptedAt === null ? '–' : new Date(known.acceptedAt).toLocaleDateString(locale())}</td>
      <td>
        {own ? (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('keys.forgetLabel', { algorithm: known.algorithm, target })}
            onClick={() => onForget(known)}
          >
            {t('keys.forget')}
          </Button>
        ) : null}
      </td>
    </tr>
  )
}

function ForgetDialog({ known, onClose }: { known: KnownKey; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const target = `${known.address}:${known.port}`
  const forget = useMutation({
    mutationFn: () =>
      core.hosts.forgetKey({ address: known.address, port: known.port, fingerprint: known.fingerprint }),
    onSuccess: async () => {
      notifications.show({ message: t('keys.forgotten', { target }) })
      await queries.invalidateQueries({ queryKey: utils.hosts.key() })
      onClose()
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('keys.forgetTitle', { target })}
      withCloseButton={false}
      closeOnClickOutside={false}
    >
      <p>{t('keys.forgetEffect', { target })}</p>
      {forget.isError && <ProblemNotice problem={problemFrom(forget.error)} />}
      <div className={styles.actions}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('keys.no')}
        </Button>
        <Button color="var(--bad)" variant="outline" loading={forget.isPending} onClick={() => forget.mutate()}>
          {t('keys.yes')}
        </Button>
      </div>
    </Modal>
  )
}
