import { describe, expect, it } from 'vitest'
import { testPlan } from '../../../test/fixtures/plan.ts'
import { presetOf } from './presets.ts'

const queue = { resource: 'queue', name: 'Queue', unit: 'count', driver: 'users', base: 0, rate: 0.01, assumed: 'test' }

describe('presets', () => {
  it('the HPA of the document: 70% of the CPU, 80% of the memory, 3 to 20 pods', () => {
    expect(presetOf('hpa', testPlan())).toMatchObject({
      kind: 'hpa',
      min: 3,
      max: 20,
      metrics: [
        { resource: 'cpu', perReplica: 0.5, target: 0.7 },
        { resource: 'memory', perReplica: 512 * 2 ** 20, target: 0.8 },
      ],
      tolerance: 0.1,
      sync: '15s',
    })
  })

  it('KEDA of the document: 100 entries a worker, 2 to 50, on the plan’s queue; none without a queue', () => {
    expect(presetOf('keda', testPlan())).toBeNull()
    expect(presetOf('keda', testPlan({ demand: [queue] }))).toMatchObject({
      min: 2,
      max: 50,
      metrics: [{ resource: 'queue', target: 100 }],
    })
  })

  it('a node pool follows the pods and names the row it is paid by', () => {
    expect(presetOf('nodes', testPlan(), 'server')).toMatchObject({ podsPerNode: 8, lineItem: 'server', startup: '2m' })
    expect(presetOf('hpa', testPlan({ demand: [queue] }))).toBeNull()
  })
})
