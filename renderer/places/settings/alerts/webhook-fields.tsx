import { Button, PasswordInput, Select, Switch, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { posted, sampleMessage } from '../../../../shared/alerts/webhook-body.ts'
import { SeveritySchema, type Webhook, WebhookFormatSchema, type WebhookState } from '../../../../shared/model/alert.ts'
import { now } from '../../../app/clock.ts'
import { Tag } from '../../../ui/index.ts'
import { when } from '../../now/alerts/times.ts'
import { TONE } from './delivery-log.tsx'
import styles from './rules.module.css'

/** What was typed and is not kept yet. */
export interface Secrets {
  url?: string
  key?: string
}

/** One receiver: what it is told of, where it is, what it gets, and how the last message went. */
export function WebhookFields(props: {
  webhook: Webhook
  state: WebhookState | null
  secrets: Secrets
  misses: boolean
  inMemory: boolean
  tested: { ok: boolean; detail: string } | null
  testing: boolean
  onChange: (how: Partial<Webhook>) => void
  onSecrets: (how: Secrets) => void
  onRemove: () => void
  /** Null until it is saved. */
  onTest: (() => void) | null
}) {
  const { t } = useTranslation('alerts')
  const { webhook, state, secrets, tested, onChange, onSecrets } = props
  const name = webhook.name.trim() === '' ? t('told.unnamed') : webhook.name
  const last = state?.last ?? null
  return (
    <fieldset className={styles.hook}>
      <legend>{name}</legend>
      <div className={styles.hookHead}>
        <Switch
          label={t('told.on')}
          aria-label={t('told.onOf', { name })}
          checked={webhook.enabled}
          onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
        />
        {last && (
          <span className={styles.hookLast}>
            <Tag tone={TONE[last.state]}>{t(`told.states.${last.state}`)}</Tag>
            <small className={styles.soft}>{t('told.last', { title: last.title, at: when(last.at, now()) })}</small>
          </span>
        )}
        <span className={styles.actions}>
          <Button
            size="compact-xs"
            variant="default"
            loading={props.testing}
            disabled={props.onTest === null}
            aria-label={t('told.testOf', { name })}
            onClick={() => props.onTest?.()}
          >
            {t('told.testOne')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('told.removeOf', { name })}
            onClick={props.onRemove}
          >
            {t('told.remove')}
          </Button>
        </span>
      </div>
      {last?.error && <p className={styles.hookError}>{last.error}</p>}
      {tested && (
        <p className={tested.ok ? styles.ok : styles.hookError} role={tested.ok ? 'status' : 'alert'}>
          {tested.ok ? t('told.testWebhook', { detail: tested.detail }) : tested.detail}
        </p>
      )}
      {state?.locked && <p role="status">{t('told.locked')}</p>}
      <div className={styles.fields}>
        <TextInput
          label={t('told.name')}
          value={webhook.name}
          maxLength={60}
          error={webhook.name.trim() === '' && secrets.url?.trim() ? t('told.nameMissing') : undefined}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <Select
          label={t('told.format')}
          allowDeselect={false}
          value={webhook.format}
          data={WebhookFormatSchema.options.map((one) => ({ value: one, label: t(`told.formats.${one}`) }))}
          onChange={(value) => value && onChange({ format: WebhookFormatSchema.parse(value) })}
        />
        <Select
          label={t('told.least')}
          allowDeselect={false}
          value={webhook.from}
          data={SeveritySchema.options.map((one) => ({ value: one, label: t(`severities.${one}`) }))}
          onChange={(value) => value && onChange({ from: SeveritySchema.parse(value) })}
        />
        <PasswordInput
          label={t('told.url')}
          description={[
            state?.host == null ? t('told.urlNone') : t('told.urlKept', { host: state.host }),
            ...(props.inMemory ? [t('told.urlMemory')] : []),
          ].join(' ')}
          placeholder="https://"
          autoComplete="off"
          value={secrets.url ?? ''}
          error={props.misses && webhook.name.trim() !== '' ? t('told.urlMissing') : undefined}
          onChange={(event) => onSecrets({ url: event.currentTarget.value })}
        />
        <PasswordInput
          label={t('told.key')}
          description={t(state?.signed ? 'told.keyKept' : 'told.keyHelp')}
          autoComplete="off"
          value={secrets.key ?? ''}
          onChange={(event) => onSecrets({ key: event.currentTarget.value })}
        />
      </div>
      <details className={styles.log}>
        <summary>{t('told.preview')}</summary>
        <pre className={styles.body}>{previewOf(webhook)}</pre>
      </details>
    </fieldset>
  )
}

/** The request as it is sent, but for address, signature and times. */
function previewOf({ format, from }: Webhook): string {
  const { contentType, headers, body } = posted(sampleMessage(Date.UTC(2026, 0, 5, 12), from), format)
  const lines = Object.entries({ 'Content-Type': contentType, ...headers }).map(([name, value]) => `${name}: ${value}`)
  const text = contentType === 'application/json' ? JSON.stringify(JSON.parse(body), null, 2) : body
  return ['POST', ...lines, '', text].join('\n')
}
