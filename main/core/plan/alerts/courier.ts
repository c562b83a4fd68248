import type { Message } from '../../../../shared/alerts/webhook-body.ts'
import type { AlertSettings, WebhookState } from '../../../../shared/model/alert.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { Environment } from '../../environment.ts'
import type { SecretStore } from '../../hosts/index.ts'
import { type AlertStore, FIRST_WEBHOOK, type Outgoing } from './alert-store.ts'
import { type Address, type Attempt, checkAddress, post } from './webhook.ts'

/** The names under which a webhook's secrets are kept. */
const nameOf = (part: 'address' | 'key', webhook: string): string =>
  webhook === FIRST_WEBHOOK ? `alerts webhook ${part}` : `alerts webhook ${part} ${webhook}`

const TIMEOUT_MS = 10_000
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 15 * 60_000
/** A message that could not be handed over in this time is given up. */
const GIVEN_UP_AFTER_MS = 24 * 3_600_000

/** A text is kept, null forgets, absence leaves. */
export interface WebhookSecrets {
  url?: string | null | undefined
  key?: string | null | undefined
}

interface Dependencies {
  store: AlertStore
  secrets: SecretStore
  environment: Pick<Environment, 'now' | 'random'>
  settings(): AlertSettings
  changed(): void
  timeoutMs?: number
}

/**
 * Takes messages to the webhooks. They are on disk before they are sent and are tried again with growing, jittered pauses, so
 * each arrives at least once, whatever ends this program; `Headroom-Delivery` tells the receiver which it has already.
 */
export class Courier {
  readonly #from: Dependencies
  readonly #ending = new AbortController()
  /** By webhook: what is under way to it. */
  readonly #busy = new Map<string, Promise<void>>()

  constructor(from: Dependencies) {
    this.#from = from
  }

  /** Within the transaction in which what it tells is noted. */
  enqueue(message: Message, webhook: string): void {
    const { store } = this.#from
    store.putDelivery({
      ...{
        id: `${message.id}.${webhook}`,
        webhook,
        at: message.at,
        title: message.title,
        message,
        state: 'waiting',
        attempts: 0,
      },
      ...{ nextAt: message.at, endedAt: null, status: null, error: null },
    })
  }

  /** Sends what is due: to each webhook one after the other in order of time, and none waits for another. */
  async send(): Promise<void> {
    const byWebhook = new Map<string, Outgoing[]>()
    for (const one of this.#from.store.waiting()) {
      const line = byWebhook.get(one.webhook)
      if (line) line.push(one)
      else byWebhook.set(one.webhook, [one])
    }
    for (const [webhook, line] of byWebhook) {
      if (this.#busy.has(webhook)) continue
      this.#busy.set(
        webhook,
        this.#sendLine(line).finally(() => this.#busy.delete(webhook)),
      )
    }
    await Promise.all([...byWebhook.keys()].map((webhook) => this.#busy.get(webhook) ?? Promise.resolve()))
  }

  /** @throws WEBHOOK_NOT_SET, VAULT_LOCKED */
  async #attempt(message: Message, webhook: string): Promise<Attempt> {
    const { environment, timeoutMs = TIMEOUT_MS } = this.#from
    return post(await this.#address(webhook), message, {
      timeoutMs,
      now: environment.now(),
      signal: this.#ending.signal,
    })
  }

  /** Null forgets, undefined leaves it as it is. @throws WEBHOOK_ADDRESS */
  async keep(webhook: string, { url, key }: WebhookSecrets): Promise<void> {
    const { secrets } = this.#from
    if (typeof url === 'string') checkAddress(url)
    if (typeof url === 'string') await secrets.put(nameOf('address', webhook), url)
    if (url === null) await secrets.delete(nameOf('address', webhook))
    if (typeof key === 'string') await secrets.put(nameOf('key', webhook), key)
    if (key === null) await secrets.delete(nameOf('key', webhook))
  }

  /** The host of the address that is kept, and whether there is a key; a locked vault tells neither. */
  async kept(webhook: string): Promise<Omit<WebhookState, 'last' | 'id'>> {
    const { secrets } = this.#from
    if (secrets.locked) return { host: null, signed: false, locked: true }
    const url = await secrets.get(nameOf('address', webhook))
    const key = await secrets.get(nameOf('key', webhook))
    return { host: url === null ? null : new URL(url.reveal()).host, signed: key !== null, locked: false }
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled(this.#busy.values())
  }

  async #address(id: string): Promise<Address> {
    const { secrets, settings } = this.#from
    if (secrets.locked)
      throw new HeadroomError({
        code: 'VAULT_LOCKED',
        fact: 'The address of the webhook is in the vault, which is locked.',
        fix: 'Open the vault in Settings.',
      })
    const url = await secrets.get(nameOf('address', id))
    const webhook = settings().webhooks.find((one) => one.id === id)
    if (url === null || webhook === undefined)
      throw new HeadroomError({
        code: 'WEBHOOK_NOT_SET',
        fact: 'There is no address to send alerts to.',
        fix: 'Give the address of the webhook in Settings, Alerts. Where no keychain and no vault is open it lasts for one session only.',
      })
    return { url, key: await secrets.get(nameOf('key', id)), format: webhook.format }
  }

  async #sendLine(line: readonly Outgoing[]): Promise<void> {
    const { store, environment, changed } = this.#from
    for (const one of line) {
      if (this.#ending.signal.aborted) return
      // A clock that was put back does not hold a message up for longer than its pause.
      const due = one.nextAt ?? 0
      if (due > environment.now() && due - environment.now() <= LONGEST_WAIT_MS * 4) continue
      const attempt = await this.tryOnce(one.message, one.webhook)
      // Ended while it was under way: it stays as it was and is sent again at the next start.
      if (this.#ending.signal.aborted && !attempt.ok) return
      store.putDelivery(this.#after(one, attempt))
      changed()
    }
  }

  /** One attempt whose refusals are part of its answer. */
  async tryOnce(message: Message, webhook: string): Promise<Attempt> {
    try {
      return await this.#attempt(message, webhook)
    } catch (error) {
      if (!(error instanceof HeadroomError)) throw error
      return { ok: false, status: null, error: error.problem.fact, again: error.code === 'VAULT_LOCKED', afterMs: null }
    }
  }

  #after(one: Outgoing, attempt: Attempt): Outgoing {
    const { environment } = this.#from
    const now = environment.now()
    const attempts = one.attempts + 1
    if (attempt.ok)
      return { ...one, attempts, state: 'sent', nextAt: null, endedAt: now, status: attempt.status, error: null }
    const told = { ...one, attempts, status: attempt.status, error: attempt.error }
    if (!attempt.again || now - one.at >= GIVEN_UP_AFTER_MS)
      return { ...told, state: 'failed', nextAt: null, endedAt: now }
    const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1))
    // Between half and all of the pause, so that many that failed together do not come back together.
    const jittered = pause * (0.5 + environment.random() / 2)
    return { ...told, nextAt: now + Math.round(Math.max(jittered, attempt.afterMs ?? 0)) }
  }
}
