import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { AutoscaleWeekSchema } from '../../shared/model/autoscale-week.ts'
import { commandLine } from '../../test/fixtures/command-line.ts'

/** A thousand users need a core; half of them at night. A pod of one core at 50%, a node of four pods for 73 a month. */
const plan = (scalers = '') => `format: headroom/plan@1
id: scaling
name: Scaling
summary: For autoscaling.
currency: EUR
drivers: [{ id: users, name: Users, unit: users, primary: true, present: 4000 }]
growth: { monthlyRate: 0, deviation: 0 }
seasonality: { hourOfDay: [${Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 0.5 : 1.5)).join(', ')}] }
demand: [{ resource: cpu, name: CPU, unit: cores, driver: users, base: 0, rate: 0.001, assumed: a test }]
stage: small
stages:
  - { id: small, name: Small, objective: Begin., supply: { cpu: 8 } }
  - id: large
    name: Large
    objective: Go on.
    supply: { cpu: 8 }
    lineItems: [{ id: node, name: Node, price: { amount: 73, currency: EUR }, per: month, quantity: 3 }]
${scalers}`
const SCALERS = `    autoscalers:
      - { id: pods, name: Pods, kind: hpa, min: 2, max: 20, metrics: [{ resource: cpu, perReplica: 1, target: 0.5 }] }
      - { id: pool, name: Pool, kind: nodes, min: 1, max: 6, metrics: [{ resource: cpu, perReplica: 4, target: 0.8 }], podsPerNode: 4, lineItem: node }
`

const line = commandLine()
const headroom = (words: string[], yaml: string | null = plan(SCALERS)) =>
  line.headroom(words, {
    async prepare(core) {
      if (yaml !== null && !(await core.plan.current())) await core.plan.importYaml({ yaml, fileName: 'plan.yaml' })
    },
  })
const cells = (out: string, name: string) =>
  out
    .split('\n')
    .find((line) => line.startsWith(name))
    ?.trim()
    .split(/\s{2,}/)

it('shows a week of the first stage that scales, beside the fixed size for its peak', async () => {
  const { code, out } = await headroom(['autoscale'])
  expect(code).toBe(0)
  expect(out).toContain('Large, a week of 4,000 users on average, 2,000 to 6,000, in steps of 15 s.')
  // 6 cores at 50% of a core each are 12 pods on 3 nodes; 2 cores are 4 pods, which use half of 2 nodes, and a node goes
  // only when it is used by less.
  expect(cells(out, 'Pods')).toEqual(expect.arrayContaining(['2-20', '4', '12']))
  const pool = cells(out, 'Pool') ?? []
  expect(pool.slice(0, 3)).toEqual(['Pool', '1-6', '2'])
  expect(pool.at(-1)).toBe('3, €219')
  expect(out).toContain('Pods: Pods are paid for through their nodes.')
  expect(out).toMatch(/By itself €1\d\d(\.\d\d)? a month, at the fixed size for the peak €219: it saves €\d/)
})

it('says what its most does not reach, at another value of the driver', async () => {
  const { out } = await headroom(['autoscale', 'large', '--at', '10000'])
  expect(out).toContain('5,000 to 15,000')
  expect(out).toContain('Pods: the peak needs 30 at the target, and its most is 20.')
  expect(out).toMatch(/Pods: over its target for up to \d/)
  expect(out).toContain('It does not reach what the peak needs')
})

it('gives the whole week as JSON, the same for one seed and another for another', async () => {
  const rough = (seed: string) =>
    headroom(['autoscale', '--noise', '0.2', '--bursts', '5:3:20', '--seed', seed, '--json'])
  const [first, again, other] = [await rough('1'), await rough('1'), await rough('2')]
  const week = JSON.parse(first.out)
  expect(AutoscaleWeekSchema.parse(week)).toEqual(week)
  expect(again.out).toBe(first.out)
  expect(other.out).not.toBe(first.out)
  expect(week.driver.peak).toBeGreaterThan(6000)
})

it('refuses what it cannot do, and says what to do', async () => {
  const unknown = await headroom(['autoscale', 'largo'])
  expect(unknown.code).toBe(1)
  expect(unknown.err).toContain('The plan has no stage "largo".\nChoose one of: small, large.')
  expect((await headroom(['autoscale', 'small'])).err).toContain('Small has no autoscaler.')
  for (const [option, value] of [
    ['--at', 'many'],
    ['--at', '-1'],
    ['--seed', '1.5'],
    ['--noise', '2'],
    ['--bursts', '3:2'],
    ['--bursts', '3:0:5'],
    ['--bursts', '3:2:0'],
  ] as const) {
    const refused = await headroom(['autoscale', `${option}=${value}`])
    expect([refused.code, option, refused.err.includes(option)]).toEqual([2, option, true])
  }
})

it('has nothing to show where no stage scales, or no plan is there', async () => {
  expect((await headroom(['autoscale'], plan())).err).toContain('Small has no autoscaler.')
  rmSync(line.folder, { recursive: true, force: true })
  expect((await headroom(['autoscale'], null)).err).toContain('no plan yet')
})
