import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { METRICS } from '../../../shared/metrics/catalogue.ts'
import { pastTimes, valueAt } from '../../../shared/samples/recording.ts'
import { failure } from '../../../test/fixtures/hosts.ts'
import { type Core, openCore, systemEnvironment } from '../index.ts'
import { loadSamples } from './recordings.ts'

const resources = fileURLToPath(new URL('../../../resources', import.meta.url))
const samples = loadSamples(resources)
let folder: string
let core: Core
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-samples-'))
  core = await openCore({ folder, environment: systemEnvironment({ folder, face: 'cli', resources }) })
})
afterEach(async () => {
  await core.close()
  rmSync(folder, { recursive: true, force: true })
})

it('every blueprint has a sample, of metrics that the catalogue knows', () => {
  expect(samples.map(({ blueprint }) => blueprint).sort()).toEqual(
    core.areas.plans
      .blueprints()
      .map(({ plan }) => plan.id)
      .sort(),
  )
  const metrics = samples.flatMap(({ servers }) => servers.flatMap(({ series }) => series.map(({ metric }) => metric)))
  expect(metrics.filter((metric) => !METRICS[metric])).toEqual([])
})

it.each(samples.map(({ blueprint }) => blueprint))('%s opens with a verdict on what it measures', async (blueprint) => {
  const { areas } = core
  await areas.samples.open(blueprint)
  expect(areas.samples.opened()).toMatchObject({ blueprintId: blueprint, servers: areas.hosts.list().length })
  expect(areas.hosts.list().every((host) => host.kind === 'sample' && host.state === 'up')).toBe(true)
  const verdict = areas.plans.verdict()
  expect(verdict.kind).not.toBe('cannot-judge')
  expect(verdict.judgements.some(({ state }) => state === 'clear' || state === 'fired')).toBe(true)
  const [first] = areas.hosts.list()
  const [cpu] = areas.metrics.samples({
    ...{ hostId: first?.id as string, metric: 'cpu_used_ratio' },
    ...{ from: Date.now() - 90 * 86_400_000, to: Date.now() },
  })
  expect(cpu?.samples.length).toBeGreaterThan(1000)
})

it('goes away whole, and another may come', async () => {
  const { areas } = core
  await areas.samples.open('pareto')
  await areas.samples.open('tenant-guide')
  expect(areas.hosts.list().map(({ name }) => name)).toEqual(['web-1'])
  await areas.samples.remove()
  expect([areas.samples.opened(), areas.plans.current(), areas.hosts.list()]).toEqual([null, null, []])
  expect(areas.workspace.metrics.prepare('SELECT count(*) FROM series').pluck().get()).toBe(0)
  expect((await failure(areas.samples.remove())).code).toBe('NO_SAMPLE_OPEN')
})

it('never mixes with a plan of the operator’s, and runs nothing on its servers', async () => {
  const { areas } = core
  expect((await failure(areas.samples.open('nothing'))).problem).toMatchObject({ code: 'NO_SAMPLE', value: 'nothing' })
  await areas.samples.open('cost-first')
  const [host] = areas.hosts.list()
  const refused = await failure(areas.hosts.run(host?.id as string, { argv: ['true'] }))
  expect(refused.problem).toMatchObject({ code: 'HOST_IS_SAMPLE', value: 'shop-1' })
  await areas.samples.remove()
  areas.plans.choose('pareto')
  expect((await failure(areas.samples.open('cost-first'))).code).toBe('WORKSPACE_IN_USE')
  expect(areas.plans.current()?.plan.id).toBe('pareto')
})

it('a series goes through its level on the day it is opened, and is the same each time it is asked', () => {
  const openedAt = Date.UTC(2026, 10, 18, 12)
  const shape = { metric: 'disk_used_ratio', labels: {}, level: 0.5, perDay: 0.002, swing: 0, noise: 0 }
  expect(valueAt(shape, 'x', openedAt, openedAt)).toBe(0.5)
  expect(valueAt(shape, 'x', openedAt - 50 * 86_400_000, openedAt)).toBe(0.4)
  const noisy = { ...shape, perDay: 0, swing: 0.3, noise: 0.1 }
  const values = pastTimes(openedAt).map((at) => valueAt(noisy, 'x', at, openedAt))
  expect(pastTimes(openedAt).map((at) => valueAt(noisy, 'x', at, openedAt))).toEqual(values)
  expect(Math.max(...values)).toBeLessThan(0.5 * 1.4)
  expect(Math.min(...values)).toBeGreaterThan(0.5 * 0.6)
  expect(new Set(values).size).toBeGreaterThan(500)
})
