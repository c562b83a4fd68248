import { describe, expect, it } from 'vitest'
import { catalogueOf, costOfRows, pricedRow } from '../../test/fixtures/priced-plan.ts'
import type { Levers } from '../model/scenario.ts'
import { familyOf } from './cost-sku.ts'
import { LEVER_ORDER, pulledLevers } from './levers.ts'

/** A row of 0.1 euro an hour is 73 euro a month. */
const hourly = (parts: object = {}) =>
  pricedRow({ price: { amount: 0.1, currency: 'EUR' }, per: 'hour', levers: [...LEVER_ORDER], ...parts })
const pull = (levers: Levers, item: object = hourly()) => costOfRows([item], { pricing: { levers } })

describe('levers', () => {
  it.each<[Levers, number]>([
    [{}, 7300],
    [{ reserved: { share: 0.5, discount: 0.4 } }, 5840],
    [{ spot: { share: 0.5, discount: 0.6 } }, 5110],
    [{ scheduled: { hoursPerWeek: 42 } }, 1825],
    [{ yearly: { discount: 0.1 } }, 6570],
    // Half reserved at 60%, of the other half at most all on spot at 40%.
    [{ reserved: { share: 0.5, discount: 0.4 }, spot: { share: 0.8, discount: 0.6 } }, 2190 + 1460],
    // A reserved hour is paid whether the server runs or not: 0.6 of the price is more than the quarter of the week.
    [{ scheduled: { hoursPerWeek: 42 }, reserved: { share: 1, discount: 0.4 } }, 1825],
    // Here it is less: half at 0.2, half for half of the hours.
    [{ scheduled: { hoursPerWeek: 84 }, reserved: { share: 0.5, discount: 0.8 } }, 730 + 1825],
    // Spot servers run only the scheduled hours as well.
    [{ scheduled: { hoursPerWeek: 84 }, spot: { share: 1, discount: 0.5 } }, 1825],
    // Paid by the year is what is neither reserved nor spot.
    [{ reserved: { share: 0.5, discount: 0.4 }, yearly: { discount: 0.2 } }, 2190 + 2920],
    [{ scheduled: { hoursPerWeek: 84 }, yearly: { discount: 0.2 } }, 3650],
  ])('%j leave %d', (levers, minor) => {
    const cost = pull(levers)
    expect(cost.perMonthMinor).toBe(minor)
    expect(cost.saved.reduce((sum, one) => sum + one.minor, minor)).toBe(7300)
    expect(cost.saved.map((one) => one.lever)).toEqual(pulledLevers(levers))
  })

  it('say what each of them saved, in their order', () => {
    const cost = pull({
      scheduled: { hoursPerWeek: 126 },
      reserved: { share: 0.4, discount: 0.5 },
      spot: { share: 0.3, discount: 0.5 },
      yearly: { discount: 0.3 },
    })
    // 0.75; 0.4 x 0.5 + 0.6 x 0.75 = 0.65; 0.2 + 0.3 x 0.375 + 0.3 x 0.75 = 0.5375; 0.3 x 0.7 instead of 0.225: 0.5225
    expect(cost.saved).toEqual([
      { lever: 'scheduled', minor: 1825, maxMinor: 1825 },
      { lever: 'reserved', minor: 730, maxMinor: 730 },
      { lever: 'spot', minor: 821, maxMinor: 821 },
      { lever: 'yearly', minor: 110, maxMinor: 110 },
    ])
    expect(cost.perMonthMinor).toBe(3814)
  })

  it('act only on rows that name them, and not on the share that stays on demand', () => {
    const levers = { reserved: { share: 1, discount: 0.5 } }
    expect(pull(levers, hourly({ levers: undefined })).perMonthMinor).toBe(7300)
    expect(pull(levers, hourly({ levers: ['spot'] })).perMonthMinor).toBe(7300)
    expect(pull(levers, hourly({ onDemandShare: 0.2 })).perMonthMinor).toBe(1460 + 2920)
    expect(pull(levers, hourly({ onDemandShare: 1 })).perMonthMinor).toBe(7300)
  })

  it('leave alone what they cannot change', () => {
    const all = { scheduled: { hoursPerWeek: 10 }, yearly: { discount: 0.5 }, reserved: { share: 1, discount: 0.5 } }
    const yearly = pull({ yearly: { discount: 0.5 } }, hourly({ per: 'year', price: { amount: 120, currency: 'EUR' } }))
    expect(yearly.perMonthMinor).toBe(1000)
    expect(pull(all, hourly({ per: 'once' })).onceMinor).toBe(10)
    expect(pull({ scheduled: { hoursPerWeek: 10 } }, hourly({ per: 'month' })).perMonthMinor).toBe(10)
  })
})

describe('right-sizing', () => {
  const priceOf = catalogueOf(
    { sku: 'cx23', vcpu: 2, ramGb: 4, diskGb: 40, monthly: 5 },
    { sku: 'cx33', vcpu: 4, ramGb: 8, diskGb: 80, monthly: 8 },
    { sku: 'cx43', vcpu: 8, ramGb: 16, diskGb: 160, monthly: 16 },
    { sku: 'cx53', vcpu: 16, ramGb: 32, diskGb: 320, monthly: 30 },
    { sku: 'ccx13', vcpu: 2, ramGb: 8, diskGb: 80, monthly: 1 },
    { sku: 'cx93', vcpu: 2, ramGb: 8, monthly: 1, region: 'elsewhere' },
  )
  const row = (parts: object = {}) => pricedRow({ price: { sku: 'p/cx43' }, levers: ['right-sized'], ...parts })
  // The stage supplies 4 cores and 16e9 bytes; 1000 users need 2 cores and 4e9 bytes: half and a quarter of it.
  const sized = (target: number, users = 1000, item = row(), options: object = {}) =>
    costOfRows([item], { priceOf, at: { users }, pricing: { levers: { rightSized: { target } } }, ...options })

  it('takes the smallest size of the family that carries the demand at the target', () => {
    expect(sized(0.7).lines[0]).toMatchObject({ sizedTo: null, perMonthMinor: 1600 })
    expect(sized(1).lines[0]).toMatchObject({
      sizedTo: 'cx33',
      perMonthMinor: 800,
      saved: [{ lever: 'right-sized', minor: 800 }],
      note: 'right-sized to p/cx33 (4 vCPU, 8 GB); its disk of 80 GB instead of 160 GB is not judged',
    })
    expect(sized(0.7, 300).lines[0]).toMatchObject({ sizedTo: 'cx23', perMonthMinor: 500 })
  })
  it('follows the demand up, and stops at the size the row has', () => {
    expect([100, 500, 1000, 9000].map((users) => sized(1, users).lines[0]?.sizedTo)).toEqual([
      'cx23',
      'cx23',
      'cx33',
      null,
    ])
    expect(sized(1, 9000).perMonthMinor).toBe(1600)
  })
  it('makes no dimension smaller that the plan does not know', () => {
    const demand = [
      { resource: 'cpu', name: 'CPU', unit: 'cores', driver: 'users', base: 0, rate: 0.0001, assumed: 'a test' },
    ]
    expect(sized(1, 1000, row(), { more: { demand } }).lines[0]?.sizedTo).toBeNull()
    const blind = sized(1, 1000, row(), { more: { demand: [] } }).lines[0]
    expect(blind?.note).toContain('the plan states no demand and supply of cores or memory for this stage')
  })
  it('says when the catalogue has nothing smaller', () => {
    const smallest = sized(1, 1, row({ price: { sku: 'p/cx23' } })).lines[0]
    expect(smallest?.note).toBe('not right-sized: the catalogue has no cheaper size of its family')
  })
  it("lowers a backup that costs a share of the server's price with it", () => {
    const backup = catalogueOf(
      { sku: 'cx33', vcpu: 4, ramGb: 8, monthly: 8 },
      { sku: 'cx43', vcpu: 8, ramGb: 16, monthly: 16 },
      { sku: 'backup', perUnit: { unit: 'percent of server price', price: 20, freeTier: null } },
    )
    const rows = [row(), pricedRow({ id: 'backup', price: { sku: 'p/backup' } })]
    const pricing = { levers: { rightSized: { target: 1 } } }
    expect(costOfRows(rows, { priceOf: backup, pricing })).toMatchObject({
      perMonthMinor: 960,
      saved: [{ lever: 'right-sized', minor: 960 }],
    })
  })
  it.each([
    ['cx33', 'cx#'],
    ['ccx33', 'ccx#'],
    ['t4g.small on-demand', 't4g.* on-demand'],
    ['m7g.2xlarge on-demand', 'm7g.* on-demand'],
    ['t3.medium reserved 1y std no-upfront', 't3.* reserved 1y std no-upfront'],
    ['db.r6g.large single-AZ', 'db.r6g.* single-AZ'],
    ['s-2vcpu-4gb', 's-#vcpu-#gb'],
    ['s-2vcpu-4gb-amd/intel', 's-#vcpu-#gb-amd/intel'],
    ['DEV1-XL', 'DEV1-*'],
    ['PRO2-XXS', 'PRO2-*'],
    ['compute-micro', 'compute-*'],
    ['compute-4xl', 'compute-*'],
  ])('knows %s as one of %s', (sku, family) => {
    expect(familyOf(sku)).toBe(family)
  })
})
