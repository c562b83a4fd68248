import { Button, PasswordInput, Select, Switch, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AlertSettings, SeveritySchema, WebhookFormatSchema } from '../../../../shared/model/alert.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { Panel, ProblemNotice, QueryView } from '../../../ui/index.ts'
import shared from '../settings.module.css'
import { AllowMessages } from './allow-messages.tsx'
import { DeliveryLog } from './delivery-log.tsx'
import styles from './rules.module.css'

interface Given {
  settings: AlertSettings
  zone: string
  webhook: { host: string | null; signed: boolean; locked: boolean }
  desktop: 'shell' | 'page' | 'none'
}

/** How alerts reach the operator: messages of the desktop, quiet hours, a webhook. */
export function AlertTelling() {
  const { t } = useTranslation('alerts')
  const utils = useQueryUtils()
  const settings = useQuery(utils.alerts.settings.queryOptions())
  return (
    <Panel title={t('told.title')} className={shared.wide}>
      <QueryView query={settings}>
        {(given) => <Telling key={JSON.stringify([given.settings, given.webhook])} given={given} />}
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
  const [url, setUrl] = useState('')
  const [key, setKey] = useState('')
  const { quiet, webhook } = draft
  const set = (change: Partial<AlertSettings>) => setDraft((old) => ({ ...old, ...change }))
  const addressMissing = webhook !== null && given.webhook.host === null && !given.webhook.locked && url.trim() === ''
  const save = useMutation({
    mutationFn: () =>
      core.alerts.saveSettings({
        settings: { ...draft, zone: draft.zone?.trim() || null },
        ...(url.trim() === '' ? {} : { url: url.trim() }),
        ...(key.trim() === '' ? {} : { key: key.trim() }),
      }),
    onSuccess: () => notifications.show({ message: t('told.saved') }),
  })
  const forget = useMutation({
    mutationFn: () =>
      core.alerts.saveSettings({ settings: { ...given.settings, webhook: null }, url: null, key: null }),
  })
  const test = useMutation({ mutationFn: () => core.alerts.test() })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!addressMissing) save.mutate()
  }
  const failed = [save, forget, test].find((one) => one.isError)
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
      <Switch
        label={t('told.webhook')}
        description={t('told.webhookText')}
        checked={webhook !== null}
        onChange={(event) =>
          set({ webhook: event.currentTarget.checked ? { format: 'headroom', from: 'warning' } : null })
        }
      />
      {given.webhook.locked && webhook !== null && <p role="status">{t('told.locked')}</p>}
      {webhook !== null && (
        <div className={styles.fields}>
          <Select
            label={t('told.format')}
            allowDeselect={false}
            value={webhook.format}
            data={WebhookFormatSchema.options.map((one) => ({ value: one, label: t(`told.formats.${one}`) }))}
            onChange={(value) => value && set({ webhook: { ...webhook, format: WebhookFormatSchema.parse(value) } })}
          />
          <Select
            label={t('told.least')}
            allowDeselect={false}
            value={webhook.from}
            data={severities}
            onChange={(value) => value && set({ webhook: { ...webhook, from: SeveritySchema.parse(value) } })}
          />
          <PasswordInput
            label={t('told.url')}
            description={[
              given.webhook.host === null ? t('told.urlNone') : t('told.urlKept', { host: given.webhook.host }),
              ...(info.data?.secretStorage === 'memory' ? [t('told.urlMemory')] : []),
            ].join(' ')}
            placeholder="https://"
            autoComplete="off"
            value={url}
            error={save.isError || !addressMissing ? undefined : t('told.urlMissing')}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('told.key')}
            description={t(given.webhook.signed ? 'told.keyKept' : 'told.keyHelp')}
            autoComplete="off"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
        </div>
      )}
      {failed && <ProblemNotice problem={problemFrom(failed.error)} />}
      {test.data?.webhook?.ok === false && <p role="alert">{test.data.webhook.detail}</p>}
      {test.data && test.data.webhook?.ok !== false && (
        <p className={styles.ok} role="status">
          {test.data.webhook ? t('told.testWebhook', { detail: test.data.webhook.detail }) : t('told.testSent')}
        </p>
      )}
      <div className={styles.foot}>
        <Button type="submit" disabled={addressMissing} loading={save.isPending}>
          {t('told.save')}
        </Button>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {t('told.test')}
        </Button>
        {given.webhook.host !== null && (
          <Button variant="default" loading={forget.isPending} onClick={() => forget.mutate()}>
            {t('told.forget')}
          </Button>
        )}
      </div>
      {given.settings.webhook !== null && <DeliveryLog />}
    </form>
  )
}
