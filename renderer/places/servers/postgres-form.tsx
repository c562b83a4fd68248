import { Button, NumberInput, PasswordInput, Select, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, PostgresProbe } from '../../../shared/model/host.ts'
import { POSTGRES_SECRET } from '../../../shared/model/service.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { Panel, ProblemNotice } from '../../ui/index.ts'
import styles from './servers.module.css'

type Via = 'none' | PostgresProbe['via']
const VIAS: readonly Via[] = ['none', 'psql', 'docker']

/** How the probe reaches PostgreSQL on this server, if at all. */
export function PostgresForm({ host }: { host: Host }) {
  const { t } = useTranslation('servers')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [via, setVia] = useState<Via>(host.postgres?.via ?? 'none')
  const [probe, setProbe] = useState<Omit<PostgresProbe, 'via'>>(host.postgres ?? {})
  const set = (change: Omit<PostgresProbe, 'via'>) => setProbe((before) => ({ ...before, ...change }))
  const [password, setPassword] = useState('')
  const kept = useQuery(utils.services.list.queryOptions({ input: { hostId: host.id } })).data
  const save = useMutation({
    mutationFn: async () => {
      await core.hosts.setPostgres({ hostId: host.id, postgres: via === 'none' ? null : tidy({ ...probe, via }) })
      if (password === '' && via !== 'none') return
      const { services } = await core.services.list({ hostId: host.id })
      const secret = via === 'none' ? null : password
      await core.services.set({ hostId: host.id, services, secrets: { [POSTGRES_SECRET]: secret } })
      setPassword('')
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: utils.hosts.key() })
      await queries.invalidateQueries({ queryKey: utils.services.key() })
      notifications.show({ message: via === 'none' ? t('postgres.removed') : t('postgres.saved') })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const text = (name: 'container' | 'socketOrHost' | 'user' | 'database', placeholder?: string) => (
    <TextInput
      label={t(`postgres.${name}`)}
      value={probe[name] ?? ''}
      placeholder={placeholder}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
      spellCheck={false}
      autoComplete="off"
    />
  )
  return (
    <Panel title={t('postgres.title')}>
      <form className={styles.stack} onSubmit={submit} aria-label={t('postgres.title')}>
        <Select
          label={t('postgres.via')}
          value={via}
          onChange={(value) => setVia(VIAS.find((one) => one === value) ?? 'none')}
          data={VIAS.map((one) => ({ value: one, label: t(`postgres.viaKinds.${one}`) }))}
          allowDeselect={false}
        />
        {via === 'none' ? (
          <p className={styles.quiet}>{t('postgres.off')}</p>
        ) : (
          <>
            <div className={styles.formHalves}>
              {via === 'docker' ? text('container', 'postgres') : text('socketOrHost', '/var/run/postgresql')}
              <NumberInput
                label={t('postgres.port')}
                value={probe.port ?? ''}
                placeholder="5432"
                min={1}
                max={65535}
                hideControls
                onChange={(value) => set({ port: typeof value === 'number' ? value : undefined })}
              />
              {/* What psql takes when it is left empty: the account that runs it. */}
              {text('user', via === 'docker' ? 'root' : (host.user ?? undefined))}
              {text('database', 'postgres')}
            </div>
            <PasswordInput
              label={t('postgres.password')}
              description={t(
                kept?.withSecret.includes(POSTGRES_SECRET) ? 'postgres.passwordKept' : 'postgres.passwordHelp',
              )}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              autoComplete="off"
            />
            <p className={styles.quiet}>{t('postgres.help')}</p>
          </>
        )}
        {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
        <div>
          <Button type="submit" variant="default" loading={save.isPending}>
            {t('postgres.save')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

/** Empty fields are left out, so that psql's own defaults hold. */
function tidy(probe: PostgresProbe): PostgresProbe {
  const kept = Object.entries(probe).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(kept) as PostgresProbe
}
