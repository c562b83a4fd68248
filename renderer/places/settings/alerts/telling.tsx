import { Button, Select, Switch, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AlertSettings, SeveritySchema, type Webhook, type WebhookState } from '../../../../shared/model/alert.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { Panel, ProblemNotice, QueryView } from '../../../ui/index.ts'
import shared from '../settings.module.css'
import { AllowMessages } from './allow-messages.tsx'
import { DeliveryLog } from './delivery-log.tsx'
import styles from './rules.module.css'
import { type Secrets, WebhookFields } from './webhook-fields.tsx'

interface Given {
  settings: AlertSettings
  zone: string
  webhooks: WebhookState[]
  desktop: 'shell' | 'page' | 'none'
}

/** How alerts reach the operator: messages of the desktop, quiet hours, a webhook. */
export function AlertTelling() {
  const { t } = useTranslation('alerts')
  const utils = useQueryUtils()
  const settings = useQuery(utils.alerts.settings.queryOptions())
  return (
    <Panel section="telling" title={t('told.title')} className={shared.wide}>
      <QueryView query={settings}>
        {(given) => <Telling key={JSON.stringify(given.settings)} given={given} />}
      </QueryView>
    </Panel>
  )
}

function Telling({ given }: { given: Given }) {
  const { t } = useTranslation('alerts')
  const core = useCore()
  const utils = useQueryUtils()
  const info = useQuery(utils.app.info.queryOptions())
  const [draft, setDraft] = useState(given.settings)
  const [secrets, setSecrets] = useState<Readonly<Record<string, Secrets>>>({})
  const { quiet, webhooks } = draft
  const set = (change: Partial<AlertSettings>) => setDraft((old) => ({ ...old, ...change }))
  const known = new Map(given.webhooks.map((one) => [one.id, one]))
  const missesAddress = ({ id }: Webhook) =>
    known.get(id)?.host == null && known.get(id)?.locked !== true && !secrets[id]?.url?.trim()
  const isIncomplete = webhooks.some((one) => one.name.trim() === '' || missesAddress(one))
  const isSaved = JSON.stringify(draft) === JSON.stringify(given.settings) && Object.keys(secrets).length === 0
  const save = useMutation({
    mutationFn: () =>
      core.alerts.saveSettings({
        settings: { ...draft, zone: draft.zone?.trim() || null },
        secrets: Object.fromEntries(
          Object.entries(secrets).map(([id, { url, key }]) => [
            id,
            { ...(url?.trim() ? { url: url.trim() } : {}), ...(key?.trim() ? { key: key.trim() } : {}) },
          ]),
        ),
      }),
    onSuccess: () => {
      setSecrets({})
      notifications.show({ message: t('told.saved') })
    },
  })
  const test = useMutation({ mutationFn: (webhook: string | undefined) => core.alerts.test({ webhook }) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isIncomplete) save.mutate()
  }
  const change = (id: string, how: Partial<Webhook>) =>
    set({ webhooks: webhooks.map((one) => (one.id === id ? { ...one, ...how } : one)) })
  const add = () => {
    const id = freshId(webhooks.map((one) => one.id))
    set({ webhooks: [...webhooks, { id, name: '', format: 'headroom', from: 'warning', enabled: true }] })
  }
  const failed = [save, test].find((one) => one.isError)
  const severities = SeveritySchema.options.map((one) => ({ value: one, label: t(`severities.${one}`) }))
  return (
    <form onSubmit={submit} noValidate className={styles.form}>
      <div className={styles.switches}>
        <Switch
          label={t('told.desktop')}
          description={t(
            given.desktop === 'shell'
              ? 'told.desktopShell'
              : given.desktop === 'page'
                ? 'told.desktopPage'
                : 'told.desktopNone',
          )}
          checked={draft.desktop}
          onChange={(event) => set({ desktop: event.currentTarget.checked })}
        />
        {given.desktop === 'page' && draft.desktop && <AllowMessages />}
        <Switch
          label={t('told.cleared')}
          checked={draft.tellCleared}
          onChange={(event) => set({ tellCleared: event.currentTarget.checked })}
        />
      </div>
      <Switch
        label={t('told.quiet')}
        description={t('told.quietText')}
        checked={quiet !== null}
        onChange={(event) =>
          set({ quiet: event.currentTarget.checked ? { from: '22:00', to: '07:00', passes: 'critical' } : null })
        }
      />
      {quiet !== null && (
        <div className={styles.fields}>
          <TextInput
            type="time"
            label={t('told.from')}
            value={quiet.from}
            onChange={(event) => set({ quiet: { ...quiet, from: event.currentTarget.value } })}
          />
          <TextInput
            type="time"
            label={t('told.to')}
            value={quiet.to}
            onChange={(event) => set({ quiet: { ...quiet, to: event.currentTarget.value } })}
          />
          <Select
            label={t('told.passes')}
            allowDeselect={false}
            value={quiet.passes}
            data={severities}
            onChange={(value) => value && set({ quiet: { ...quiet, passes: SeveritySchema.parse(value) } })}
          />
          <TextInput
            label={t('told.zone')}
            placeholder={t('told.zoneOwn', { zone: given.zone })}
            value={draft.zone ?? ''}
            onChange={(event) => set({ zone: event.currentTarget.value || null })}
          />
        </div>
      )}
      <section className={styles.hooks} aria-label={t('told.webhooks')}>
        <div className={styles.hooksHead}>
          <div>
            <b>{t('told.webhooks')}</b>
            <small className={styles.soft}>{t('told.webhookText')}</small>
          </div>
          <Button size="compact-sm" variant="default" leftSection={<Plus size={14} aria-hidden="true" />} onClick={add}>
            {t('told.add')}
          </Button>
        </div>
        {webhooks.map((webhook) => (
          <WebhookFields
            key={webhook.id}
            webhook={webhook}
            state={known.get(webhook.id) ?? null}
            secrets={secrets[webhook.id] ?? {}}
            misses={missesAddress(webhook)}
            inMemory={info.data?.secretStorage === 'memory'}
            tested={test.data?.webhooks.find(({ id }) => id === webhook.id) ?? null}
            testing={test.isPending && test.variables === webhook.id}
            onChange={(how) => change(webhook.id, how)}
            onSecrets={(how) => setSecrets((old) => ({ ...old, [webhook.id]: { ...old[webhook.id], ...how } }))}
            onRemove={() => set({ webhooks: webhooks.filter(({ id }) => id !== webhook.id) })}
            onTest={isSaved ? () => test.mutate(webhook.id) : null}
          />
        ))}
      </section>
      {failed && <ProblemNotice problem={problemFrom(failed.error)} />}
      {test.data?.desktop && (
        <p className={styles.ok} role="status">
          {t('told.testSent')}
        </p>
      )}
      <div className={styles.foot}>
        <Button type="submit" disabled={isIncomplete || isSaved} loading={save.isPending}>
          {t('told.save')}
        </Button>
        <Button
          variant="default"
          disabled={!isSaved}
          loading={test.isPending && test.variables === undefined}
          onClick={() => test.mutate(undefined)}
        >
          {t('told.test')}
        </Button>
        {isIncomplete ? (
          <span className={styles.soft}>{t('told.incomplete')}</span>
        ) : (
          !isSaved && <span className={styles.soft}>{t('told.unsaved')}</span>
        )}
      </div>
      {given.settings.webhooks.length > 0 && <DeliveryLog names={new Map(webhooks.map((one) => [one.id, one.name]))} />}
    </form>
  )
}

/** "hook-2": short, and not one that is there. */
function freshId(taken: readonly string[]): string {
  for (let at = 1; ; at += 1) if (!taken.includes(`hook-${at}`)) return `hook-${at}`
}
