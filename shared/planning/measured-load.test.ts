import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pricedPlan } from '../../test/fixtures/priced-plan.ts'
import { declaredLoad, resourceOf } from './declared-load.ts'
import { type Means, measuredLoad, quantile, type ServerMeans } from './measured-load.ts'

const HOUR = 3_600_000
const means = (values: (number | null)[]): Means => ({ at: values.map((_value, index) => index * HOUR), values })
const server = (parts: Partial<ServerMeans> = {}): ServerMeans => ({
  name: 'web-1',
  cpuRatio: null,
  cores: 4,
  ramRatio: null,
  ramBytes: 8e9,
  disks: [],
  transmit: [],
  connections: null,
  ...parts,
})
const week = { days: 7, meanMs: HOUR }
const hundred = Array.from({ length: 100 }, (_one, index) => (index + 1) / 100)

describe('a measured load', () => {
  it('is the p95 of cores, memory and connections, the fullest of each disk, and a month of mean traffic', () => {
    const { resources } = measuredLoad(
      [
        server({
          cpuRatio: means(hundred),
          ramRatio: means([0.5, null, 0.5]),
          disks: [
            { usedRatio: means([...hundred.map(() => 0.2), 0.6]), totalBytes: 100e9 },
            { usedRatio: means([0.5, 0.1]), totalBytes: 10e9 },
          ],
          transmit: [means([1000, 3000]), means([500])],
          connections: means([10, 20]),
        }),
      ],
      'web-1',
      week,
    )
    expect(resources.cores).toMatchObject({ value: 3.8, statistic: 'p95', means: 100, coverage: 100 / 168 })
    expect(resources.ram?.value).toBe(4e9)
    expect(resources.disk).toMatchObject({ value: 65e9, statistic: 'fullest' })
    expect(resources.traffic).toMatchObject({ value: 2500 * 730 * 3600, statistic: 'mean', means: 1 })
    expect(resources.connections?.value).toBe(20)
  })
  it('of several servers adds up what is used at the same time', () => {
    const of = (values: (number | null)[]) => server({ cpuRatio: means(values) })
    const { resources } = measuredLoad([of([1, 0, 0.5, 1]), of([0, 1, 0.5, null])], 'all', week)
    expect(resources.cores).toMatchObject({ value: 4, means: 3 })
  })
  it('says which metric and window are missing, and of a fleet when one server lacks it', () => {
    const { missing, resources } = measuredLoad([server({ cpuRatio: means([0.5]) }), server()], 'All servers', week)
    expect(resources.cores).toBeNull()
    expect(missing.map(({ resource }) => resource)).toEqual(['cores', 'ram', 'disk', 'traffic', 'connections'])
    expect(missing[1]?.fact).toContain('memory_used_ratio')
    expect(missing[1]?.fact).toContain('every server')
    expect(missing[1]?.fact).toContain('7 days')
  })
  it('lies within what was measured, with at least 95% at or under it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 300 }), (values) => {
        const p95 = quantile(values, 0.95)
        expect(values).toContain(p95)
        expect(values.filter((value) => value <= p95).length).toBeGreaterThanOrEqual(0.95 * values.length - 1e-9)
      }),
    )
  })
})

describe('a declared load', () => {
  it("is the plan's demand at driver values, and says so", () => {
    const plan = pricedPlan([{}])
    expect(declaredLoad(plan, 'Stage 0').resources).toMatchObject({
      cores: { value: 2, statistic: 'declared', source: 'CPU: a test' },
      ram: { value: 4e6 * 1000 },
      disk: null,
    }) // prettier-ignore
    expect(declaredLoad(plan, 'Stage 0', { users: 2000 }).resources.cores?.value).toBe(4)
    expect(declaredLoad(plan, 'Stage 0').missing.map(({ resource }) => resource)).toEqual([
      'disk',
      'traffic',
      'connections',
    ])
  })
  it.each([
    ['database-disk', 'Database', 'bytes', 'disk'],
    ['objects', 'Object storage', 'bytes', null],
    ['ram', 'Memory', 'bytes', 'ram'],
    ['rps', 'Requests', 'per_second', null],
    ['conns', 'Connections', 'connections', 'connections'],
  ] as const)('takes %s (%s, %s) for %s', (resource, name, unit, of) => {
    expect(resourceOf({ resource, name, unit })).toBe(of)
  })
})
