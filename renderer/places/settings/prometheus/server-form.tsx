import { Button, NumberInput, PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type PrometheusServer,
  PrometheusServerSchema,
  type PrometheusSettings,
} from '../../../../shared/model/prometheus.ts'
import { problemFrom, type QueryUtils, useCore, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice } from '../../../ui/index.ts'
import { CheckResult } from './check-result.tsx'
import styles from './prometheus.module.css'

type Stored = Awaited<ReturnType<ReturnType<QueryUtils['prometheus']['settings']['queryOptions']>['queryFn'] & object>>
type AuthKind = PrometheusServer['auth']['kind']
const KINDS: readonly AuthKind[] = ['none', 'bearer', 'basic']
const ENGINES = ['local', 'prometheus'] as const

/** The way to a Prometheus and what is done with it. It is looked at before it is saved as the engine. */
export function PrometheusServerForm({ stored }: { stored: Stored }) {
  const { t } = useTranslation('prometheus')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const hosts = useQuery(utils.hosts.list.queryOptions()).data ?? []
  const before = stored.server
  const [url, setUrl] = useState(before?.url ?? '')
  const [kind, setKind] = useState<AuthKind>(before?.auth.kind ?? 'none')
  const [user, setUser] = useState(before?.auth.kind === 'basic' ? before.auth.user : '')
  const [secret, setSecret] = useState('')
  const [through, setThrough] = useState<string | null>(before?.tunnelHostId ?? null)
  const [hostLabel, setHostLabel] = useState(before?.hostLabel ?? 'instance')
  const [where, setWhere] = useState(before?.where ?? '')
  const [seconds, setSeconds] = useState<number | string>((before?.timeoutMs ?? 30_000) / 1000)
  const [engine, setEngine] = useState(stored.engine)
  const [names, setNames] = useState(stored.names)
  const [expressions, setExpressions] = useState(stored.expressions)

  const parsed = PrometheusServerSchema.safeParse({
    url: url.trim(),
    auth: kind === 'basic' ? { kind, user } : { kind },
    tunnelHostId: through,
    hostLabel: hostLabel.trim(),
    where: where.trim(),
    timeoutMs: Number(seconds) * 1000,
  })
  const errorOf = (field: string): string | undefined =>
    parsed.success || url.trim() === ''
      ? undefined
      : parsed.error.issues.find((issue) => issue.path.join('.').startsWith(field))?.message
  const settings: PrometheusSettings | null = parsed.success
    ? { engine, server: parsed.data, names, expressions }
    : null
  const given = kind === 'none' ? null : secret === '' ? undefined : secret

  const check = useMutation({
    mutationFn: (wanted: PrometheusSettings) => core.prometheus.check({ settings: wanted, secret: given }),
  })
  const save = useMutation({
    mutationFn: (wanted: PrometheusSettings) => core.prometheus.save({ settings: wanted, secret: given }),
    onSuccess: async (_, { server }) => {
      notifications.show({ message: server === null ? t('removed') : t('saved') })
      await queries.invalidateQueries({ queryKey: utils.prometheus.key() })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (settings) save.mutate(settings)
  }
  return (
    <form className={styles.stack} onSubmit={submit} aria-label={t('title')} noValidate>
      <div className={styles.fields}>
        <TextInput
          label={t('url')}
          description={t('urlHelp')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder="http://127.0.0.1:9090"
          value={url}
          error={errorOf('url')}
          onChange={(event) => setUrl(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
        <Select
          label={t('way')}
          description={t('wayHelp')}
          inputWrapperOrder={['label', 'input', 'description']}
          value={through ?? ''}
          onChange={(value) => setThrough(value === '' || value === null ? null : value)}
          data={[
            { value: '', label: t('wayDirect') },
            ...hosts.map(({ id, name }) => ({ value: id, label: t('wayThrough', { name }) })),
          ]}
          allowDeselect={false}
        />
        <TextInput
          label={t('hostLabel')}
          value={hostLabel}
          error={errorOf('hostLabel')}
          onChange={(event) => setHostLabel(event.currentTarget.value)}
          spellCheck={false}
        />
        <TextInput
          label={t('where')}
          description={t('whereHelp')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={where}
          error={errorOf('where')}
          onChange={(event) => setWhere(event.currentTarget.value)}
          spellCheck={false}
        />
        <Select
          label={t('auth')}
          value={kind}
          onChange={(value) => setKind(KINDS.find((one) => one === value) ?? 'none')}
          data={KINDS.map((one) => ({ value: one, label: t(`authKinds.${one}`) }))}
          allowDeselect={false}
        />
        {kind === 'basic' && (
          <TextInput
            label={t('user')}
            value={user}
            error={errorOf('auth')}
            onChange={(event) => setUser(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        {kind !== 'none' && (
          <PasswordInput
            label={kind === 'basic' ? t('password') : t('token')}
            value={secret}
            placeholder={stored.hasSecret ? t('secretKept') : undefined}
            onChange={(event) => setSecret(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        <NumberInput
          label={t('timeout')}
          value={seconds}
          onChange={setSeconds}
          error={errorOf('timeoutMs')}
          min={1}
          max={300}
          hideControls
        />
      </div>
      <div className={styles.stack}>
        <div className={styles.row}>
          <span id="prometheus-engine">{t('engine')}</span>
          <SegmentedControl
            aria-labelledby="prometheus-engine"
            size="xs"
            value={engine}
            onChange={setEngine}
            data={ENGINES.map((one) => ({ value: one, label: t(`engines.${one}`) }))}
          />
        </div>
        <small className={styles.quiet}>{t('engineHelp')}</small>
      </div>
      {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
      {check.isError && <ProblemNotice problem={problemFrom(check.error)} />}
      <div className={styles.row}>
        <Button
          variant="default"
          disabled={settings === null}
          loading={check.isPending}
          onClick={() => settings && check.mutate(settings)}
        >
          {t('check')}
        </Button>
        <Button type="submit" disabled={settings === null} loading={save.isPending}>
          {t('save')}
        </Button>
        {before !== null && (
          <Button
            variant="subtle"
            onClick={() => save.mutate({ engine: 'local', server: null, names: {}, expressions })}
          >
            {t('remove')}
          </Button>
        )}
      </div>
      {check.data && (
        <CheckResult
          check={check.data}
          sources={stored.sources}
          names={names}
          onNames={setNames}
          expressions={expressions}
          onExpressions={setExpressions}
        />
      )}
    </form>
  )
}
