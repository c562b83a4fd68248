import { describe, expect, it } from 'vitest'
import { StageSchema } from '../model/stage.ts'
import { topologyDiff } from './topology-diff.ts'

const stageOf = (nodes: Record<string, unknown>[], links: Record<string, unknown>[] = []) =>
  StageSchema.parse({
    id: 's',
    name: 'S',
    objective: '',
    nodes: nodes.map((node) => ({ kind: 'server', name: node.id, ...node })),
    links,
  })

describe('what a stage changes in the topology before it', () => {
  it('is nothing between a stage and itself', () => {
    const stage = stageOf([{ id: 'a' }, { id: 'b', services: [{ name: 'api' }] }], [{ from: 'a', to: 'b' }])
    const diff = topologyDiff(stage, stage)
    expect([...diff.nodes.values()]).toEqual([{ change: 'same' }, { change: 'same' }])
    expect(diff.links.map((one) => one.change)).toEqual(['same'])
    expect(diff.removed).toEqual([])
  })

  it('names what came, what went and which fields changed', () => {
    const before = stageOf(
      [
        { id: 'cdn', kind: 'cdn' },
        { id: 'vps', vcpu: 4, services: [{ name: 'api' }, { name: 'postgres' }] },
        { id: 'mail' },
      ],
      [
        { from: 'cdn', to: 'vps' },
        { from: 'vps', to: 'mail' },
      ],
    )
    const after = stageOf(
      [
        { id: 'cdn', kind: 'cdn' },
        { id: 'vps', vcpu: 8, count: 2, needed: 1, services: [{ name: 'api', replicas: 3 }] },
        { id: 'database', kind: 'database' },
      ],
      [
        { from: 'cdn', to: 'vps', availability: 0.99 },
        { from: 'vps', to: 'database' },
      ],
    )
    const diff = topologyDiff(before, after)
    expect(Object.fromEntries(diff.nodes)).toEqual({
      cdn: { change: 'same' },
      vps: {
        change: 'changed',
        fields: [
          { field: 'count', before: 1, after: 2 },
          { field: 'needed', before: null, after: 1 },
          { field: 'vcpu', before: 4, after: 8 },
          { field: 'service', name: 'api', before: 1, after: 3 },
          { field: 'service', name: 'postgres', before: 1, after: null },
        ],
      },
      database: { change: 'added' },
      mail: { change: 'removed' },
    })
    expect(diff.links.map(({ link, change }) => [link.from, link.to, change])).toEqual([
      ['cdn', 'vps', 'changed'],
      ['vps', 'database', 'added'],
      ['vps', 'mail', 'removed'],
    ])
    expect(diff.removed.map((node) => node.id)).toEqual(['mail'])
  })

  it('finds a node again under another id by its name and kind, and keeps ids apart', () => {
    const before = stageOf(
      [
        { id: 'one', name: 'Main' },
        { id: 'two', name: 'Other', kind: 'cache' },
      ],
      [{ from: 'one', to: 'two' }],
    )
    const after = stageOf([{ id: 'main', name: 'Main' }])
    const diff = topologyDiff(before, after)
    expect(diff.nodes.get('main')).toEqual({ change: 'same' })
    expect(diff.links).toEqual([{ link: { from: 'main', to: 'two' }, change: 'removed' }])
  })
})
