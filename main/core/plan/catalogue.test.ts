import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import billing from '../../../resources/catalogue/billing.json' with { type: 'json' }
import { HeadroomError, type Problem } from '../../../shared/model/problem.ts'
import { loadCatalogue, parseCatalogue, priceOf } from './catalogue.ts'

const resources = join(import.meta.dirname, '../../../resources')
const entry = {
  provider: 'p',
  kind: 'compute',
  sku: 's',
  region: 'eu',
  vcpu: 2,
  ramGb: 4,
  diskGb: null,
  trafficTb: null,
  monthly: 5,
  hourly: null,
  currency: 'EUR',
  perUnit: null,
  asOf: null,
  verifiedAt: null,
  vatIncluded: false,
  confidence: 'low',
  source: 'test',
  note: null,
}
const fileOf = (...prices: object[]): string => JSON.stringify({ format: 'headroom/prices@1', prices })

function refused(run: () => unknown): Problem {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(HeadroomError)
    expect((error as HeadroomError).code).toBe('CATALOGUE_INVALID')
    return (error as HeadroomError).problem
  }
  throw new Error('nothing was refused')
}

describe('the catalogue that ships', () => {
  const prices = loadCatalogue(resources)
  it('states by which page a provider bills by the hour up to the month, once for each, of providers it has prices of', () => {
    const providers = billing.hourlyUpToMonthly.map((one) => one.provider)
    expect(new Set(providers).size).toBe(providers.length)
    for (const one of billing.hourlyUpToMonthly) {
      expect(one.source).toMatch(/^https:/)
      expect(prices.some((price) => price.provider === one.provider)).toBe(true)
    }
  })

  it('has every entry, with a source, and a date or no claim of one', () => {
    expect(prices).toHaveLength(321)
    expect(prices.every((price) => price.source !== '')).toBe(true)
    expect(
      prices.filter((price) => price.asOf !== null).every((price) => /^\d{4}(-\d\d){0,2}$/.test(price.asOf ?? '')),
    ).toBe(true)
  })
  it('marks an entry without a source as of no confidence, and gives it no amount', () => {
    const unknown = prices.filter((price) => price.confidence === 'none')
    expect(unknown).toHaveLength(14)
    expect(unknown.every((price) => price.monthly === null && price.hourly === null && price.perUnit === null)).toBe(
      true,
    )
  })
  it('is read once', () => expect(loadCatalogue(resources)).toBe(prices))
  it('finds prices by provider, SKU, region and currency', () => {
    const find = priceOf(prices)
    expect(find('hetzner/cx23', 'EUR')?.monthly).toBe(5.49)
    expect(find('hetzner/cx23', 'USD')).toBeNull()
    expect(find('digitalocean/s-2vcpu-4gb', 'USD')?.monthly).toBe(24)
    expect(find('nobody/nothing', 'EUR')).toBeNull()
  })
})

describe('priceOf', () => {
  const eu = { ...entry, monthly: null }
  const us = { ...entry, region: 'us-east', monthly: 6 }
  const ap = { ...entry, region: 'ap-south', monthly: 7 }
  const find = priceOf(parseCatalogue(fileOf(eu, us, ap), 'prices.json'))
  it('takes the first region that has an amount', () => expect(find('p/s', 'EUR')?.monthly).toBe(6))
  it('takes the region named, by its beginning', () => {
    expect(find('p/s@ap', 'EUR')?.monthly).toBe(7)
    expect(find('p/s@eu', 'EUR')?.monthly).toBeNull()
    expect(find('p/s@mars', 'EUR')).toBeNull()
  })
})

describe('the sizes that ship', () => {
  const find = priceOf(loadCatalogue(resources))
  const sizes = (sku: string, currency: string): string[] => {
    const price = find(sku, currency)
    return price ? (find.sizes?.(price) ?? []).map((one) => one.sku).sort() : []
  }
  it.each([
    ['hetzner/cx43', 'EUR', ['cx23', 'cx33', 'cx43', 'cx53']],
    ['hetzner/cpx22@ap-southeast', 'EUR', ['cpx12', 'cpx22']],
    [
      'digitalocean/s-2vcpu-4gb',
      'USD',
      ['s-1vcpu-1gb', 's-1vcpu-2gb', 's-2vcpu-2gb', 's-2vcpu-4gb', 's-4vcpu-8gb', 's-8vcpu-16gb'],
    ],
    [
      'aws/m7g.xlarge on-demand@eu-central-1',
      'USD',
      ['m7g.2xlarge on-demand', 'm7g.large on-demand', 'm7g.xlarge on-demand'],
    ],
    ['scaleway/DEV1-L', 'EUR', ['DEV1-L', 'DEV1-M', 'DEV1-S', 'DEV1-XL']],
  ])('of %s in %s are one family in one region', (sku, currency, family) => {
    expect(sizes(sku, currency)).toEqual(family)
  })
})

describe('a broken catalogue', () => {
  it('names each entry at fault and its field', () => {
    const problem = refused(() =>
      parseCatalogue(
        fileOf(entry, { ...entry, sku: 'x', monthly: '5' }, { ...entry, sku: 'y', colour: 1 }),
        'prices.json',
      ),
    )
    expect(Object.keys(problem.details ?? {})).toEqual(['entry 2 (p, x, eu)', 'entry 3 (p, y, eu)'])
    expect(problem.details?.['entry 2 (p, x, eu)']).toMatch(/^monthly: /)
    expect(problem.details?.['entry 3 (p, y, eu)']).toContain('colour')
    expect(problem.fact).toContain('entry 2 (p, x, eu)')
  })
  it('may not hold an entry twice', () => {
    const problem = refused(() => parseCatalogue(fileOf(entry, entry), 'prices.json'))
    expect(problem.details).toEqual({ 'entry 2 (p, s, eu)': 'is the same SKU, region and currency as entry 1' })
  })
  it.each(['{', '[]', '{"format":"other","prices":[]}', fileOf(), fileOf(entry).replace('prices"', 'price"')])(
    'is refused: %s',
    (text) => {
      expect(refused(() => parseCatalogue(text, 'prices.json')).details).toHaveProperty('file')
    },
  )
  it('is refused when it is not there, naming the path', () => {
    expect(refused(() => loadCatalogue('/nowhere')).value).toBe('/nowhere/catalogue/prices.json')
  })
})
