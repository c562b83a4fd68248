import { isDeepStrictEqual } from 'node:util'
import { nearest } from '../../../shared/format/nearest.ts'
import { type Price, priceKey } from '../../../shared/model/catalogue.ts'
import type { OwnPriceInput } from '../../../shared/model/own-price.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { PriceRefresh, PriceSourceState } from '../../../shared/model/price-refresh.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { stageCosts } from '../../../shared/planning/cost.ts'
import { checkOwnPrice } from '../../../shared/planning/own-price.ts'
import { type OwnPriceRow, readOwnPrices, writeOwnPrices } from '../../../shared/planning/own-price-file.ts'
import { diffPrices } from '../../../shared/planning/price-diff.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { SecretStore } from '../hosts/index.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { loadCatalogue, priceOf } from './catalogue.ts'
import { createAsk, mirrored, PRICE_SOURCES, type PriceSource, type ReaderLimits } from './price-sources/index.ts'
import { createPriceStore, type OwnPrice } from './price-store.ts'

/** An entry of an import: what the file says, and what stands now under the same key. */
export interface ImportRow extends OwnPriceRow {
  state: 'new' | 'changed' | 'same' | 'fault'
  before: Price | null
}

/** The prices that everything is counted with: those that ship, under those fetched, under the operator's own. */
export interface PriceBook {
  all(): Price[]
  /** For each entry that took another's place: what ships in its stead. */
  replaced(): { key: string; shipped: Price }[]
  own(): OwnPrice[]
  /** @throws OWN_PRICE_INVALID, OWN_PRICE_UNKNOWN */
  saveOwn(input: { id?: string; price: OwnPriceInput }): void
  /** @throws OWN_PRICE_UNKNOWN */
  removeOwn(id: string): void
  /** What a file holds, saving nothing. @throws PRICE_FILE_INVALID */
  previewImport(text: string): ImportRow[]
  /** Saves all of a file's prices; with faults in it only when they are to be left out. @throws PRICE_FILE_INVALID, PRICE_FILE_FAULTS */
  importOwn(text: string, skipFaults: boolean): { saved: number; skipped: number }
  exportOwn(format: 'csv' | 'json'): { text: string; count: number }
  sources(): Promise<PriceSourceState[]>
  /** Kept as servers' passwords are; an empty one is forgotten. @throws UNKNOWN_PRICE_SOURCE, PRICE_TOKEN_INVALID */
  setToken(source: string, token: string): Promise<void>
  /** Asks the provider now and says what is different. @throws UNKNOWN_PRICE_SOURCE, UNKNOWN_PRICE_REGION, PRICE_TOKEN_NEEDED, PRICE_... */
  refresh(source: string, region: string | undefined, signal?: AbortSignal): Promise<PriceRefresh>
  /** @throws PRICE_REFRESH_UNKNOWN */
  apply(refreshId: string): { applied: number }
  /** @throws UNKNOWN_PRICE_SOURCE */
  revert(source: string): void
}

interface Dependencies {
  database: WritableDatabase
  environment: Pick<Environment, 'now' | 'newId' | 'resources' | 'env'>
  events: Pick<EventHub, 'emit'>
  secrets: SecretStore | undefined
  plan(): Plan | null
  /** Told before the event, so that nothing counts with old prices. */
  changed(): void
  sources?: readonly PriceSource[]
  limits?: Partial<ReaderLimits>
}

/** How many read lists wait to be applied. */
const REFRESHES_KEPT = 8
const secretName = (source: string): string => `price-source:${source}`

export function createPriceBook(dependencies: Dependencies): PriceBook {
  const { environment, events, secrets } = dependencies
  const known = (): readonly PriceSource[] =>
    mirrored(dependencies.sources ?? PRICE_SOURCES, environment.env.HEADROOM_PRICE_LISTS)
  const store = createPriceStore(
    dependencies.database,
    () => environment.now(),
    () => environment.newId(),
  )
  const waiting = new Map<string, { refresh: PriceRefresh; merged: Price[]; url: string }>()
  const today = (): string => new Date(environment.now()).toISOString().slice(0, 10)
  let book: Price[] | null = null

  const layered = (...layers: readonly (readonly Price[])[]): Price[] => {
    const prices = new Map<string, Price>()
    for (const layer of layers) for (const price of layer) prices.set(priceKey(price), price)
    return [...prices.values()]
  }
  const shipped = (): Price[] => loadCatalogue(environment.resources)
  const listedPrices = (): Price[] => layered(shipped(), store.fetched())
  const all = (): Price[] => {
    book ??= layered(
      listedPrices(),
      store.own().map(({ price }) => price),
    )
    return book
  }
  const changed = (): void => {
    book = null
    dependencies.changed()
    events.emit({ kind: 'prices' })
  }
  const sourceOf = (id: string): PriceSource => {
    const sources = known()
    const source = sources.find((one) => one.id === id)
    if (source) return source
    const ids = sources.map((one) => one.id)
    const near = nearest(id, ids)
    throw new HeadroomError({
      code: 'UNKNOWN_PRICE_SOURCE',
      fact: `No price list is known under "${id}".`,
      fix: `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${ids.join(', ')}.`,
      field: 'source',
      value: id,
    })
  }

  const preview = (text: string): ImportRow[] => {
    const own = new Map(store.own().map(({ price }) => [priceKey(price), price]))
    return readOwnPrices(text, today()).map((row) => {
      if (row.price === null) return { ...row, state: 'fault', before: null }
      const before = own.get(priceKey(row.price)) ?? null
      const same = before !== null && isDeepStrictEqual(before, row.price)
      return { ...row, state: before === null ? 'new' : same ? 'same' : 'changed', before }
    })
  }

  return {
    all,
    replaced() {
      const inUse = new Map(all().map((price) => [priceKey(price), price]))
      return shipped().flatMap((price) => {
        const key = priceKey(price)
        return inUse.get(key) === price ? [] : [{ key, shipped: price }]
      })
    },
    own: () => store.own(),
    saveOwn({ id, price }) {
      store.saveOwn([{ id, price: checkOwnPrice(price, today()) }])
      changed()
    },
    removeOwn(id) {
      store.removeOwn(id)
      changed()
    },
    previewImport: preview,
    importOwn(text, skipFaults) {
      const rows = preview(text)
      const faults = rows.filter(({ state }) => state === 'fault')
      const [first] = faults
      if (first && !skipFaults) {
        const { field, value, fact, fix } = first.faults[0] ?? { field: '', value: '', fact: '', fix: '' }
        throw new HeadroomError({
          code: 'PRICE_FILE_FAULTS',
          fact: `${faults.length} of ${rows.length} prices cannot be read; the first is ${first.place}: ${fact}`,
          fix: `${fix} Or import the others and leave these out. Nothing was saved.`,
          field,
          value,
        })
      }
      const prices = rows.flatMap(({ price }) => (price ? [{ price }] : []))
      store.saveOwn(prices)
      if (prices.length > 0) changed()
      return { saved: prices.length, skipped: faults.length }
    },
    exportOwn(format) {
      const own = store.own().map(({ price }) => price)
      return { text: writeOwnPrices(own, format), count: own.length }
    },
    async sources() {
      const applied = new Map(store.refreshes().map((one) => [one.source, one]))
      return Promise.all(
        known().map(async ({ id, provider, name, origin, needsToken, tokenHelp, regions }) => ({
          ...{ id, provider, name, needsToken, tokenHelp },
          host: new URL(origin).host,
          hasToken: needsToken && (await secrets?.get(secretName(id))) != null,
          regions: [...regions],
          appliedAt: applied.get(id)?.appliedAt ?? null,
          prices: applied.get(id)?.prices ?? 0,
        })),
      )
    },
    async setToken(id, token) {
      const { name } = sourceOf(id)
      const trimmed = token.trim()
      if (trimmed === '') {
        await secrets?.delete(secretName(id))
        return
      }
      if (!/^[\x21-\x7e]{8,4096}$/.test(trimmed))
        throw new HeadroomError({
          code: 'PRICE_TOKEN_INVALID',
          fact: `That is no token of ${name}: one has at least 8 letters, digits or signs, and no spaces.`,
          fix: "Copy it again from the provider's console.",
          field: 'token',
        })
      await secrets?.put(secretName(id), trimmed)
    },
    async refresh(id, wantedRegion, signal) {
      const source = sourceOf(id)
      const region = wantedRegion ?? source.regions[0] ?? 'all'
      if (!source.regions.includes(region))
        throw new HeadroomError({
          code: 'UNKNOWN_PRICE_REGION',
          fact: `${source.name} has no price list for "${region}".`,
          fix: `Choose one of: ${source.regions.join(', ')}.`,
          field: 'region',
          value: region,
        })
      const token = source.needsToken ? ((await secrets?.get(secretName(id))) ?? null) : null
      if (source.needsToken && token === null)
        throw new HeadroomError({
          code: 'PRICE_TOKEN_NEEDED',
          fact: `${source.name} gives its prices only to an account, and no token is there${secrets?.locked ? ' while the vault is locked' : ''}.`,
          fix: `${secrets?.locked ? 'Open the vault in Settings, or enter a token. ' : 'Enter a token. '}${source.tokenHelp ?? ''}`,
          field: 'token',
        })
      const ask = createAsk({
        ...{ source, region, token, today: today(), limits: dependencies.limits },
        signal: signal ?? new AbortController().signal,
      })
      const { prices, skipped } = await source.read(ask)
      if (prices.length === 0)
        throw new HeadroomError({
          code: 'PRICE_LIST_EMPTY',
          fact: `${source.name} answered with a list that has no price.`,
          fix: 'Nothing was changed. Try another region, or again later.',
          value: region,
        })
      const inUse = listedPrices().filter((price) => price.provider === source.provider)
      const { merged, ...diff } = diffPrices(inUse, prices, (price) => source.covers(price, region))
      const gone = diff.gone.map((price) => ({ ...price, origin: 'fetched' as const, goneAt: today() }))
      const after = layered(
        listedPrices(),
        merged,
        gone,
        store.own().map(({ price }) => price),
      )
      const refresh: PriceRefresh = {
        ...{ id: environment.newId(), source: id, region, readAt: environment.now(), skipped },
        ...diff,
        plan: effectOn(dependencies.plan(), all(), after),
      }
      waiting.set(refresh.id, { refresh, merged: [...merged, ...gone], url: source.origin })
      for (const old of [...waiting.keys()].slice(0, -REFRESHES_KEPT)) waiting.delete(old)
      return refresh
    },
    apply(refreshId) {
      const found = waiting.get(refreshId)
      if (!found)
        throw new HeadroomError({
          code: 'PRICE_REFRESH_UNKNOWN',
          fact: 'That price list is not at hand any more.',
          fix: 'Read it again from the provider, then take it over.',
          field: 'refreshId',
          value: refreshId,
        })
      waiting.delete(refreshId)
      store.apply(found.refresh.source, found.merged, found.url)
      changed()
      return { applied: found.merged.length }
    },
    revert(id) {
      sourceOf(id)
      store.revert(id)
      changed()
    },
  }
}

/** The rows of a plan whose cost another set of prices changes. */
function effectOn(plan: Plan | null, before: readonly Price[], after: readonly Price[]): PriceRefresh['plan'] {
  if (plan === null) return []
  const [old, fresh] = [before, after].map((prices) => stageCosts(plan, priceOf(prices)))
  return (old ?? []).flatMap((stage, index) =>
    stage.lines.flatMap((line) => {
      const then = fresh?.[index]?.lines.find((one) => one.id === line.id)
      if (!then || then.perMonthMinor === line.perMonthMinor) return []
      return [
        {
          stage: stage.stage,
          stageName: plan.stages.find((one) => one.id === stage.stage)?.name ?? stage.stage,
          item: line.id,
          itemName: line.name,
          beforeMinor: line.perMonthMinor,
          afterMinor: then.perMonthMinor,
          currency: line.currency,
        },
      ]
    }),
  )
}
