import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../shared/format/duration.ts'
import { loadBlueprints } from './blueprints.ts'
import { loadCatalogue, priceOf } from './catalogue.ts'
import { createJudging } from './measured-series.ts'
import { referenceToday } from './reference.ts'

const resources = join(import.meta.dirname, '../../../resources')
const now = 40 * DAY_MS

it('reads samples as far back as the longest condition asks, and judges branches and signs on them', () => {
  const plan = loadBlueprints(resources).find((one) => one.id === 'tenant-guide')
  if (!plan) throw new Error('no blueprint tenant-guide')
  const asked: number[] = []
  const found = referenceToday({
    plan: { ...plan, drivers: plan.drivers.map((one) => ({ ...one, present: 30 })) },
    now,
    hosts: [],
    everyMs: 15_000,
    judging: createJudging(
      {
        latest: () => [],
        readings(query) {
          asked.push(query.from)
          return []
        },
      },
      () => 0,
    ),
    priceOf: priceOf(loadCatalogue(resources)),
  })
  // "All the time" of the signs of under-use is seven days.
  expect(Math.min(...asked)).toBe(now - 7 * DAY_MS - HOUR_MS)
  const answer = (id: string) => found.judged[`decisionTrees/performance/questions/growth/answers/${id}`]?.state
  expect([answer('under-20'), answer('to-50'), answer('to-100'), answer('over-100')]).toEqual([
    'clear',
    'fired',
    'clear',
    'clear',
  ])
  expect(found.judged['signs/scale/items/tenants']?.state).toBe('fired')
  expect(found.judged['signs/scale/items/latency']?.state).toBe('unknown')
  expect(found.prices['path-3']?.price).toMatchObject({ amount: 5, currency: 'USD' })
})
