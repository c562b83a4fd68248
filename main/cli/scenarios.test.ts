import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { commandLine } from '../../test/fixtures/command-line.ts'
import { testPlan } from '../../test/fixtures/plan.ts'

const line = commandLine()
const headroom = (words: string[], planned = true) =>
  line.headroom(words, {
    async prepare(core) {
      if (planned && !(await core.plan.current())) {
        const plan = testPlan({ growth: { monthlyRate: 0.1, deviation: 0 } })
        await core.plan.importYaml({ yaml: stringify(plan), fileName: 'plan.yaml' })
        await core.scenarios.save({
          name: 'Jump',
          assumptions: {
            present: 1000,
            growth: plan.growth,
            months: 24,
            policy: { kind: 'fixed', moves: [{ month: 2, stage: 'large' }] },
          },
        })
      }
    },
  })

it('compares kept scenarios by name with the rules for changing stage', async () => {
  const { code, out } = await headroom(['compare', 'stay', 'jump', 'cheapest', '--months', '12', '--paths', '200'])
  expect(code).toBe(0)
  const line = (name: string) =>
    out
      .split('\n')
      .find((one) => one.startsWith(name))
      ?.trim()
      .split(/\s{2,}/)
  expect(line('total P50')).toEqual(['total P50', '€240', '€4,040', '€560'])
  expect(line('against the first')).toEqual(['against the first', '–', '+€3,800', '+€320'])
  // 20, 400 and 100 euro over 1,000 users grown by a tenth in each of 11 months: cents, with three figures.
  expect(line('last month / users')).toEqual(['last month / users', '€0.00701', '€0.14', '€0.035'])
  expect(line('overloaded, paths')).toEqual(['overloaded, paths', '100%', '0%', '0%'])
  expect(out).toContain('Jump: Run over 12 months instead of its own 24')
  const json = JSON.parse(
    (await headroom(['compare', 'stay', 'triggers', '--paths', '200', '--sla', '99.9', '--json'])).out,
  )
  expect(json).toMatchObject({ base: 'stay', months: 36, paths: 200 })
  expect(json.scenarios[0].availability.asked).toBe(0.999)
})

it('says which scenarios there are when one is not', async () => {
  const { code, err } = await headroom(['compare', 'leap'])
  expect(code).toBe(1)
  expect(err).toBe('There is no scenario "leap".\nChoose from: stay, triggers, cheapest, "Jump".\n')
  expect((await headroom(['compare'])).code).toBe(2)
  expect((await headroom(['compare', 'stay', '--months', 'many'])).code).toBe(2)
  const other = mkdtempSync(join(tmpdir(), 'headroom-cli-'))
  try {
    expect((await headroom(['compare', 'stay', '--workspace', other], false)).err).toContain('no plan yet')
  } finally {
    rmSync(other, { recursive: true, force: true })
  }
})

it('prints the cheapest path, what binds and each single stage', async () => {
  const { code, out } = await headroom(['cheapest-path', '--months', '24', '--paths', '200'])
  expect(code).toBe(0)
  expect(out).toContain('Within 5% risk a month: €2,360 in 24 months.')
  expect(out).toContain('month 8: Medium, staying would overload CPU in 100% of paths')
  expect(out).toContain('month 22: Large')
  expect(out).toContain('binds: risk-limit, costs €1,880')
  expect(out).toMatch(/Large +€9,220 +\+€6,860 +0/)
  const late = await headroom(['cheapest-path', '--months', '24', '--paths', '200', '--lead', '10'])
  expect(late.out).toContain('No path stays within 5% risk a month; the one that passes it least')
  expect(late.out).toContain('binds: lead-time, keeps it over the limit')
  expect((await headroom(['cheapest-path', '--risk', 'none'])).code).toBe(2)
  // A percentage may be written with its sign.
  const signed = await headroom(['cheapest-path', '--months', '24', '--paths', '200', '--risk', '5%'])
  expect([signed.code, signed.out]).toEqual([0, out])
})
