import { describe, expect, it } from 'vitest'
import { freeUnits } from './cost-free-tier.ts'
import { toNumber } from './fraction.ts'

describe('the free units of a catalogue price', () => {
  it.each<[number | string | null, string, number | null]>([
    [null, 'GB-month', 0],
    [10, 'GB-month', 10],
    ['none', 'GB-month', 0],
    ['10 GB-month', 'GB-month', 10],
    ['10 GB', 'GB-month', 10],
    ['0.5 GB', 'GB-month', 0.5],
    ['50 GB/month', 'GB', 50],
    ['50 GB per month', 'GB', 50],
    ['100 GB/month (account wide)', 'GB', 100],
    ['1M/month', '1M operations', 1],
    ['10M/month', '1M operations', 10],
    ['10M operations', '1M operations', 10],
    ['500k', '1M operations', 0.5],
    ['10k series', '1k active series-month', 10],
    ['5 GB', 'TB', null],
    ['10', 'GB', null],
    ['1M/month', 'GB', null],
    ['250 GB on Pro', 'GB', null],
    ['8 GB per project on paid plans', 'GB-month', null],
    ['1 TB and 10M requests per month', 'GB', null],
    ['first 1 GB storage, 200 GB bandwidth', '100K commands', null],
    ['750 GB for 90 days', 'GB-month', null],
    ['1 TiB in base', 'GiB', null],
    ['20 TB/server in EU (CCX33 30)', 'TB', null],
    ['1,000 GB', 'GB', null],
    ['pooled per team', 'GiB', null],
    ['always free', 'GB', null],
  ])('%s beside a price for %s are %s', (text, unit, units) => {
    const found = freeUnits(text, unit)
    expect(found && toNumber(found)).toBe(units)
  })
})
