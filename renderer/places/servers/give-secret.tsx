import { Button, PasswordInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/model/host.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { Panel, ProblemNotice } from '../../ui/index.ts'
import styles from './servers.module.css'

/** Asks again for a secret that is not at hand, and says so when the one given does not open the server. */
export function GiveSecret({ host }: { host: Host }) {
  const { t } = useTranslation('servers')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [secret, setSecret] = useState('')
  const give = useMutation({
    mutationFn: () => core.hosts.setSecret({ hostId: host.id, secret }),
    onSuccess: () => queries.invalidateQueries({ queryKey: utils.hosts.key() }),
  })
  // The answer is the server as it is now; with the right secret this form is not shown any more.
  const refused = give.isError ? problemFrom(give.error) : (give.data?.problem ?? null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (secret !== '') give.mutate()
  }
  return (
    <Panel title={t('secret.title', { name: host.name })} className={styles.space}>
      <form className={styles.stack} onSubmit={submit}>
        <p className={styles.quiet}>{t('secret.text')}</p>
        <PasswordInput
          label={host.authKind === 'password' ? t('secret.password') : t('secret.key')}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          autoComplete="off"
          maw={360}
        />
        {refused && !give.isPending && <ProblemNotice problem={refused} />}
        <div>
          <Button type="submit" loading={give.isPending} disabled={secret === ''}>
            {t('secret.submit')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
