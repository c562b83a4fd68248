import * as z from 'zod'
import {
  type AlertSettings,
  AlertSettingsSchema,
  type Notice,
  SeveritySchema,
  type WebhookFormat,
  WebhookFormatSchema,
  type WebhookState,
} from '../../../../shared/model/alert.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { Environment } from '../../environment.ts'
import type { Workspace } from '../../workspace/index.ts'
import { type AlertStore, FIRST_WEBHOOK } from './alert-store.ts'
import type { Courier, WebhookSecrets } from './courier.ts'

const SETTINGS = 'alerts'

/** Settings as they were kept before there were several webhooks, too. */
const KeptSchema = AlertSettingsSchema.extend({
  webhook: z.object({ format: WebhookFormatSchema, from: SeveritySchema }).nullable().optional(),
})

const FORMAT_NAMES: Readonly<Record<WebhookFormat, string>> = {
  headroom: 'Webhook',
  slack: 'Slack',
  discord: 'Discord',
  ntfy: 'ntfy',
  gotify: 'Gotify',
}

/** What the operator set about being told. */
export function readSettings(workspace: Pick<Workspace, 'setting'>): AlertSettings {
  const { webhook, ...kept } = workspace.setting(SETTINGS, KeptSchema, KeptSchema.parse({}))
  if (!webhook || kept.webhooks.length > 0) return kept
  return { ...kept, webhooks: [{ ...webhook, id: FIRST_WEBHOOK, name: FORMAT_NAMES[webhook.format], enabled: true }] }
}

interface Dependencies {
  workspace: Pick<Workspace, 'setting' | 'saveSetting'>
  environment: Pick<Environment, 'now' | 'newId' | 'face' | 'notify'>
  courier: Courier
  store: AlertStore
  /** Notes what is said on the screen. */
  note(notice: Notice): void
}

/** The ways on which alerts reach the operator: messages of the desktop and webhooks. */
export class Ways {
  readonly #from: Dependencies

  constructor(from: Dependencies) {
    this.#from = from
  }

  async settings() {
    const { workspace, courier, store, environment } = this.#from
    const settings = readSettings(workspace)
    const last = store.lastDeliveries()
    const webhooks = await Promise.all(
      settings.webhooks.map(async ({ id }): Promise<WebhookState> => {
        const delivery = last.get(id)
        if (!delivery) return { id, ...(await courier.kept(id)), last: null }
        const { message: _, ...told } = delivery
        return { id, ...(await courier.kept(id)), last: told }
      }),
    )
    const desktop: 'shell' | 'page' | 'none' = environment.notify
      ? 'shell'
      : environment.face === 'web'
        ? 'page'
        : 'none'
    return { settings, webhooks, desktop, zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
  }

  /** @throws ALERT_ZONE, WEBHOOK_TWICE, WEBHOOK_ADDRESS */
  async save(given: AlertSettings, secrets: Readonly<Record<string, WebhookSecrets>>): Promise<void> {
    const { workspace, courier } = this.#from
    checkZone(given.zone)
    checkNames(given)
    const ids = new Set(given.webhooks.map(({ id }) => id))
    for (const id of ids) await courier.keep(id, secrets[id] ?? {})
    for (const { id } of readSettings(workspace).webhooks)
      if (!ids.has(id)) await courier.keep(id, { url: null, key: null })
    workspace.saveSetting(SETTINGS, given)
  }

  /** Says that nothing is wrong, on every way or to one webhook. @throws WEBHOOK_NOT_SET */
  async test(only: string | undefined) {
    const { environment, courier, workspace, note } = this.#from
    const settings = readSettings(workspace)
    const notice: Notice = {
      ...{ id: environment.newId().toLowerCase(), at: environment.now(), kind: 'test', severity: 'info' },
      ...{ href: '#/now?alerts', title: 'Test of Headroom alerts' },
      body: 'Nothing is wrong. Alerts reach you this way.',
    }
    const asked = settings.webhooks.filter(({ id, enabled }) => (only === undefined ? enabled : id === only))
    if (only !== undefined && asked.length === 0)
      throw new HeadroomError({
        code: 'WEBHOOK_NOT_SET',
        fact: `There is no webhook "${only}".`,
        fix: 'Save it first, then test it.',
        field: 'webhook',
        value: only,
      })
    const desktop = only === undefined && settings.desktop && environment.notify !== undefined
    if (only === undefined) {
      note(notice)
      if (settings.desktop) environment.notify?.(notice)
    }
    const webhooks = await Promise.all(
      asked.map(async ({ id, name }) => {
        const attempt = await courier.tryOnce({ ...notice, alerts: [] }, id)
        return { id, name, ok: attempt.ok, detail: attempt.ok ? `${attempt.status}` : attempt.error }
      }),
    )
    return { desktop, webhooks }
  }
}

function checkNames({ webhooks }: AlertSettings): void {
  const twice = webhooks.find(({ id, name }, at) =>
    webhooks.some((other, i) => i < at && (other.id === id || other.name.toLowerCase() === name.toLowerCase())),
  )
  if (twice === undefined) return
  throw new HeadroomError({
    code: 'WEBHOOK_TWICE',
    fact: `Two webhooks are called "${twice.name}".`,
    fix: 'Give each a name of its own, so that the log tells them apart.',
    field: 'settings.webhooks',
    value: twice.name,
  })
}

function checkZone(zone: string | null): void {
  if (zone === null) return
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw new HeadroomError({
      code: 'ALERT_ZONE',
      fact: `"${zone}" is no time zone.`,
      fix: 'Write a name such as Europe/Berlin or America/Bogota, or leave it to this computer.',
      field: 'settings.zone',
      value: zone,
    })
  }
}
