import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { AutoscaleInputSchema, AutoscaleWeekSchema } from '../../../shared/model/autoscale-week.ts'
import { loadBlueprints } from './blueprints.ts'
import { loadCatalogue } from './catalogue.ts'
import { createSimulator } from './simulator.ts'

const resources = join(fileURLToPath(new URL('../../..', import.meta.url)), 'resources')
const simulator = createSimulator()
const prices = loadCatalogue(resources)
afterAll(() => simulator.close())

const scaling = loadBlueprints(resources).flatMap((plan) =>
  plan.stages.filter((one) => one.autoscalers.length > 0).map((stage) => ({ plan, stage })),
)

describe('the autoscaling week in the worker thread', () => {
  it('some blueprint has autoscalers', () => expect(scaling.length).toBeGreaterThan(0))

  it.each(scaling.map(({ plan, stage }) => [`${plan.id} ${stage.id}`, plan, stage] as const))(
    'runs for %s as it ships',
    async (_, plan, stage) => {
      const input = AutoscaleInputSchema.parse({ stageId: stage.id })
      const week = await simulator.work('autoscaleWeek', { plan, prices, input })
      expect(AutoscaleWeekSchema.parse(week)).toEqual(week)
      expect(week.scalers.map((one) => one.id)).toEqual(stage.autoscalers.map((one) => one.id))
      // Whatever names a cost row is priced by it.
      for (const scaler of stage.autoscalers)
        if (scaler.lineItem !== undefined)
          expect(week.scalers.find((one) => one.id === scaler.id)?.monthMinor).toBeGreaterThan(0)
    },
    30_000,
  )

  it('a refusal crosses the thread with its code', async () => {
    const plan = scaling[0]?.plan
    if (!plan) throw new Error('no blueprint with autoscalers')
    const input = AutoscaleInputSchema.parse({ stageId: 'none' })
    await expect(simulator.work('autoscaleWeek', { plan, prices, input })).rejects.toMatchObject({
      problem: { code: 'UNKNOWN_STAGE', field: 'stageId', value: 'none' },
    })
  })
})
