import { Button, PasswordInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { Panel, ProblemNotice, QueryView, Tag } from '../../ui/index.ts'
import styles from './settings.module.css'

const SHORTEST = 8

/** Where passwords and passphrases are kept, and the vault where the system offers no keychain. */
export function Secrets() {
  const { t } = useTranslation('settings')
  const utils = useQueryUtils()
  const info = useQuery(utils.app.info.queryOptions())
  return (
    <Panel section="secrets" title={t('secrets.title')}>
      <QueryView query={info}>
        {({ secretStorage, vaultLocked, face }) => {
          // A vault that came with an import: the keychain takes its secrets over once it is opened.
          if (secretStorage === 'keychain' && vaultLocked)
            return (
              <div className={styles.stack}>
                <State word="imported" tone="warn" />
                <Vault creates={false} />
              </div>
            )
          if (secretStorage === 'keychain') return <State word="keychain" tone="good" />
          if (secretStorage === 'vault' && !vaultLocked) return <State word="vaultOpen" tone="good" />
          const locked = secretStorage === 'vault'
          return (
            <div className={styles.stack}>
              <State word={locked ? 'vaultLocked' : 'memory'} tone="warn" />
              {(locked || face !== 'electron') && <Vault creates={!locked} />}
            </div>
          )
        }}
      </QueryView>
    </Panel>
  )
}

function State({
  word,
  tone,
}: {
  word: 'keychain' | 'imported' | 'vaultOpen' | 'vaultLocked' | 'memory'
  tone: 'good' | 'warn'
}) {
  const { t } = useTranslation('settings')
  return (
    <div className={styles.stack}>
      <Tag tone={tone}>{t(`secrets.${word}`)}</Tag>
      <p className={styles.quiet}>{t(`secrets.${word}Text`)}</p>
    </div>
  )
}

function Vault({ creates }: { creates: boolean }) {
  const { t } = useTranslation('settings')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [tried, setTried] = useState(false)
  const unlock = useMutation({
    mutationFn: () => core.app.unlockVault({ passphrase }),
    onSuccess: async () => {
      notifications.show({ message: t('secrets.unlocked') })
      await queries.invalidateQueries({ queryKey: utils.app.key() })
      await queries.invalidateQueries({ queryKey: utils.hosts.key() })
    },
  })
  const short = passphrase.length < SHORTEST
  const differs = creates && again !== passphrase
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!short && !differs) unlock.mutate()
  }
  return (
    <form onSubmit={submit} className={styles.stack} noValidate>
      <div className={styles.row}>
        <PasswordInput
          label={t('secrets.passphrase')}
          description={creates ? t('secrets.passphraseHelp') : undefined}
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          error={tried && short ? t('secrets.tooShort') : undefined}
          autoComplete={creates ? 'new-password' : 'current-password'}
          w={230}
        />
        {creates && (
          <PasswordInput
            label={t('secrets.repeat')}
            description=" "
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
            error={tried && differs ? t('secrets.differs') : undefined}
            autoComplete="new-password"
            w={230}
          />
        )}
      </div>
      {unlock.isError && <ProblemNotice problem={problemFrom(unlock.error)} />}
      <Button type="submit" variant="default" loading={unlock.isPending}>
        {creates ? t('secrets.create') : t('secrets.unlock')}
      </Button>
    </form>
  )
}
