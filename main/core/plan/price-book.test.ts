import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../../shared/contract/contract.ts'
import { type Price, priceKey } from '../../../shared/model/catalogue.ts'
import { type OwnPriceInput, OwnPriceInputSchema } from '../../../shared/model/own-price.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { pricedPlan, pricedRow } from '../../../test/fixtures/priced-plan.ts'
import { EventHub } from '../events.ts'
import { createHosts, type Hosts } from '../hosts/index.ts'
import { openWorkspace, type Workspace } from '../workspace/index.ts'
import { loadCatalogue, priceOf } from './catalogue.ts'
import { createPriceBook, type PriceBook } from './price-book.ts'
import type { Listing, PriceSource } from './price-sources/index.ts'

let environment: TestEnvironment
let workspace: Workspace
let hosts: Hosts
let told: CoreEvent[]
let asked: number
let listing: Listing
let plan: Plan | null
let book: PriceBook

const source = (id: string, needsToken = false): PriceSource => ({
  ...{ id, provider: 'hetzner', name: `List ${id}`, origin: 'https://prices.example', needsToken },
  tokenHelp: needsToken ? 'Ask the console.' : null,
  regions: ['all', 'other'],
  covers: ({ kind, sku }) => kind === 'compute' && sku.startsWith('cx'),
  async read() {
    asked += 1
    return listing
  },
})
const make = (): PriceBook =>
  createPriceBook({
    ...{ database: workspace.app, environment, secrets: hosts.secrets },
    events: { emit: (event) => void told.push(event) },
    plan: () => plan,
    changed: () => {},
    sources: [source('open'), source('closed', true)],
  })
const own = (change: Partial<OwnPriceInput> = {}): OwnPriceInput =>
  OwnPriceInputSchema.parse({ sku: 'metal', currency: 'EUR', monthly: 39, ...change })
const shippedPrice = (sku: string): Price => {
  const price = loadCatalogue(environment.resources).find((one) => one.sku === sku)
  if (!price) throw new Error(`nothing ships as ${sku}`)
  return price
}

beforeEach(() => {
  environment = testEnvironment()
  workspace = openWorkspace(join(environment.home, 'workspace'), environment)
  hosts = createHosts({ workspace, environment, events: new EventHub() })
  told = []
  asked = 0
  plan = null
  listing = { prices: [], skipped: [] }
  book = make()
})
afterEach(async () => {
  await hosts.close()
  workspace.close()
})

describe('own prices', () => {
  it('stand beside the catalogue, at once, and after a restart', () => {
    book.saveOwn({ price: own() })
    expect(priceOf(book.all())('own/metal', 'EUR')?.monthly).toBe(39)
    expect(told).toEqual([{ kind: 'prices' }])
    expect(priceOf(make().all())('own/metal', 'EUR')?.monthly).toBe(39)
    expect(book.all()).toHaveLength(loadCatalogue(environment.resources).length + 1)
  })
  it('take the place of the entry that they are named like, which is told and comes back', () => {
    const { provider, kind, sku, region, currency } = shippedPrice('cx23')
    book.saveOwn({ price: own({ provider, kind, sku, region, currency, monthly: 4.5 }) })
    expect(priceOf(book.all())('hetzner/cx23', 'EUR')).toMatchObject({ monthly: 4.5, origin: 'own' })
    expect(book.replaced()).toEqual([{ key: priceKey(shippedPrice('cx23')), shipped: shippedPrice('cx23') }])
    book.removeOwn(book.own()[0]?.id ?? '')
    expect(priceOf(book.all())('hetzner/cx23', 'EUR')).toEqual(shippedPrice('cx23'))
  })
  it('are changed by id, also to another name, and are one a name', () => {
    book.saveOwn({ price: own() })
    const id = book.own()[0]?.id ?? ''
    book.saveOwn({ id, price: own({ sku: 'metal-2', monthly: 41 }) })
    book.saveOwn({ price: own({ sku: 'metal-2', monthly: 42 }) })
    expect(book.own().map((one) => [one.id, one.price.sku, one.price.monthly])).toEqual([[id, 'metal-2', 42]])
  })
  it('that are wrong or gone are refused, and nothing is saved', () => {
    expect(() => book.saveOwn({ price: own({ monthly: -1 }) })).toThrow(
      expect.objectContaining({ code: 'OWN_PRICE_INVALID' }),
    )
    expect(() => book.saveOwn({ id: 'p-none', price: own() })).toThrow(
      expect.objectContaining({ code: 'OWN_PRICE_UNKNOWN' }),
    )
    expect(() => book.removeOwn('p-none')).toThrow(expect.objectContaining({ code: 'OWN_PRICE_UNKNOWN' }))
    expect(book.own()).toEqual([])
    expect(told).toEqual([])
  })
  it('come from a file whole or, with faults in it, not at all, unless those are left out', () => {
    const text = 'sku,currency,monthly\na,EUR,1\nb,EUR,-2\n'
    expect(book.previewImport(text).map(({ place, state }) => [place, state])).toEqual([
      ['line 2', 'new'],
      ['line 3', 'fault'],
    ])
    expect(() => book.importOwn(text, false)).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({ code: 'PRICE_FILE_FAULTS', field: 'monthly', value: '-2' }),
      }),
    )
    expect(book.own()).toEqual([])
    expect(book.importOwn(text, true)).toEqual({ saved: 1, skipped: 1 })
    expect(book.previewImport(text)[0]?.state).toBe('same')
    expect(book.previewImport('sku,currency,monthly\na,EUR,3\n')[0]).toMatchObject({
      state: 'changed',
      before: { monthly: 1 },
    })
  })
  it('go to a file and back', () => {
    book.saveOwn({ price: own({ note: 'a "quote"; 17' }) })
    const { text, count } = book.exportOwn('csv')
    expect(count).toBe(1)
    expect(book.previewImport(text)[0]?.state).toBe('same')
  })
})

describe('a refresh', () => {
  it('says what is new, changed and gone, and changes nothing until it is applied', async () => {
    const cx23 = shippedPrice('cx23')
    const shown = loadCatalogue(environment.resources).filter(
      ({ provider, sku }) => provider === 'hetzner' && sku.startsWith('cx'),
    )
    listing = {
      prices: [
        { ...cx23, monthly: 6.59, trafficTb: null, origin: 'fetched' },
        { ...cx23, sku: 'cx99', origin: 'fetched' },
        { ...shippedPrice('cx33'), asOf: '2026-11-21', origin: 'fetched' },
      ],
      skipped: [],
    }
    const refresh = await book.refresh('open', undefined)
    expect(refresh.added.map(({ sku }) => sku)).toEqual(['cx99'])
    expect(refresh.changed).toEqual([
      { before: cx23, after: { ...cx23, monthly: 6.59, origin: 'fetched' }, ratio: 6.59 / 5.49 - 1 },
    ])
    expect(refresh.same).toBe(1)
    expect(refresh.gone.map(({ sku }) => sku)).toEqual(
      shown.map(({ sku }) => sku).filter((sku) => sku !== 'cx23' && sku !== 'cx33'),
    )
    expect(book.all()).toEqual(loadCatalogue(environment.resources))
    expect(told).toEqual([])

    expect(book.apply(refresh.id).applied).toBe(3 + refresh.gone.length)
    const find = priceOf(book.all())
    expect(find('hetzner/cx23', 'EUR')).toMatchObject({ monthly: 6.59, trafficTb: 20 })
    expect(find('hetzner/cx99', 'EUR')?.monthly).toBe(5.49)
    expect(find('hetzner/cx43', 'EUR')).toMatchObject({ monthly: 15.99, goneAt: expect.stringMatching(/^\d{4}-/) })
    expect((await book.sources())[0]).toMatchObject({ id: 'open', prices: 3 + refresh.gone.length, hasToken: false })

    book.revert('open')
    expect(book.all()).toEqual(loadCatalogue(environment.resources))
    expect((await book.sources())[0]).toMatchObject({ prices: 0, appliedAt: null })
  })
  it('names the rows of the plan that would cost something else', async () => {
    const row = pricedRow({ price: { sku: 'hetzner/cx23' }, quantity: 3 })
    plan = pricedPlan([{ lineItems: [pricedRow({ id: 'other' }), row] }])
    listing = { prices: [{ ...shippedPrice('cx23'), monthly: 6, origin: 'fetched' }], skipped: [] }
    expect((await book.refresh('open', undefined)).plan).toEqual([
      {
        ...{ stage: 's0', stageName: 'Stage 0', item: 'row', itemName: 'Row' },
        ...{ beforeMinor: 1647, afterMinor: 1800, currency: 'EUR' },
      },
    ])
  })
  it('never takes the place of an own price', async () => {
    const { provider, kind, sku, region, currency } = shippedPrice('cx23')
    book.saveOwn({ price: own({ provider, kind, sku, region, currency, monthly: 4.5 }) })
    listing = { prices: [{ ...shippedPrice('cx23'), monthly: 9 }], skipped: [] }
    book.apply((await book.refresh('open', undefined)).id)
    expect(priceOf(book.all())('hetzner/cx23', 'EUR')?.monthly).toBe(4.5)
  })
  it('is asked of nobody but by the operator', () => {
    book.all()
    book.replaced()
    book.saveOwn({ price: own() })
    expect(asked).toBe(0)
  })
  it.each([
    ['opne', undefined, 'UNKNOWN_PRICE_SOURCE', 'Did you mean "open"?'],
    ['open', 'mars', 'UNKNOWN_PRICE_REGION', 'all, other'],
    ['closed', undefined, 'PRICE_TOKEN_NEEDED', 'Ask the console.'],
    ['open', undefined, 'PRICE_LIST_EMPTY', 'Nothing was changed'],
  ])('of %s in %s is refused with %s', async (id, region, code, fix) => {
    await expect(book.refresh(id, region)).rejects.toMatchObject({
      problem: { code, fix: expect.stringContaining(fix) },
    })
  })
  it('is applied once', async () => {
    listing = { prices: [shippedPrice('cx23')], skipped: [] }
    const { id } = await book.refresh('open', undefined)
    book.apply(id)
    expect(() => book.apply(id)).toThrow(expect.objectContaining({ code: 'PRICE_REFRESH_UNKNOWN' }))
  })
})

describe('a token', () => {
  const canary = 'canary-token-81c4'
  it('is kept with the other secrets, is in no file of the workspace, and can be forgotten', async () => {
    await hosts.secrets.unlock('correct horse battery')
    await book.setToken('closed', ` ${canary} `)
    expect((await book.sources())[1]?.hasToken).toBe(true)
    listing = { prices: [shippedPrice('cx23')], skipped: [] }
    await book.refresh('closed', undefined)
    expect(asked).toBe(1)
    workspace.app.pragma('wal_checkpoint(TRUNCATE)')
    expect(readFileSync(join(workspace.folder, 'app.db')).includes(canary)).toBe(false)
    await book.setToken('closed', '')
    expect((await book.sources())[1]?.hasToken).toBe(false)
  })
  it.each(['short', 'with a space in it', 'line\nbreak-in-it'])(
    '%j is refused without being repeated',
    async (token) => {
      await expect(book.setToken('closed', token)).rejects.toMatchObject({ code: 'PRICE_TOKEN_INVALID' })
      const error: unknown = await book.setToken('closed', token).catch((thrown: unknown) => thrown)
      expect(JSON.stringify((error as { problem: unknown }).problem)).not.toContain(token)
    },
  )
})

describe('a mirror of the price lists on this computer', () => {
  const withMirror = (mirror: string) => ({ ...environment, env: { HEADROOM_PRICE_LISTS: mirror } })
  const bookWith = (mirror: string): PriceBook =>
    createPriceBook({
      ...{ database: workspace.app, environment: withMirror(mirror), secrets: hosts.secrets },
      events: { emit: () => {} },
      plan: () => plan,
      changed: () => {},
      sources: [source('open'), source('closed', true)],
    })
  it('is asked in the place of every provider, and named, without a token', async () => {
    listing = { prices: [{ ...shippedPrice('cx23'), origin: 'fetched' }], skipped: [] }
    const mirrored = bookWith('http://127.0.0.1:8123/')
    expect((await mirrored.sources()).map(({ host, needsToken }) => [host, needsToken])).toEqual([
      ['127.0.0.1:8123', false],
      ['127.0.0.1:8123', false],
    ])
    expect((await mirrored.refresh('closed', undefined)).same).toBe(1)
    expect((await bookWith('').sources())[0]?.host).toBe('prices.example')
  })
  it.each([
    'http://prices.example',
    'https://127.0.0.1:1',
    'http://127.0.0.1:99999',
    'http://127.0.0.1@prices.example',
  ])('cannot be %s', async (mirror) => {
    await expect(bookWith(mirror).sources()).rejects.toMatchObject({
      code: 'PRICE_MIRROR_INVALID',
      problem: { field: 'HEADROOM_PRICE_LISTS', value: mirror },
    })
  })
})
