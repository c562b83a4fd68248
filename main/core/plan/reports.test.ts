import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { FleetRunway } from '../../../shared/model/forecast.ts'
import type { Host } from '../../../shared/model/host.ts'
import { PLAN_PARTS } from '../../../shared/model/report.ts'
import type { Verdict } from '../../../shared/model/verdict.ts'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { testPlan } from '../../../test/fixtures/plan.ts'
import { assume } from '../../../test/fixtures/report.ts'
import { createReportThreads } from './report/thread.ts'
import { createReports, type Reports } from './reports.ts'
import { createSimulator, type Simulator } from './simulator.ts'

const plan = testPlan()
let environment: TestEnvironment
let simulator: Simulator
let reports: Reports
const verdict: Verdict = {
  kind: 'stay',
  headline: 'Stay: web-1 has room.',
  reasons: ['web-1 at 192.0.2.4 is at 20%.'],
  at: 0,
  stage: { id: 'small', name: 'Small', index: 0, of: 3 },
  target: null,
  judgements: [],
  optimisations: [],
  unknown: [],
}
const host = { name: 'web-1', address: '192.0.2.4' } as Host

const make = (parts: Partial<Parameters<typeof createReports>[0]> = {}): Reports =>
  createReports({
    simulator,
    plan: () => plan,
    prices: () => [],
    verdict: () => verdict,
    runways: (): FleetRunway[] => [],
    hosts: () => [host],
    now: () => environment.now(),
    folder: '/home/someone/secret-folder/sample',
    ...parts,
  })

beforeEach(() => {
  environment = testEnvironment()
  simulator = createSimulator()
  reports = make()
})
afterEach(async () => {
  await reports.close()
  await simulator.close()
  environment.dispose()
})

const own = { scenario: { name: 'Mine', assumptions: assume(plan) }, parts: [...PLAN_PARTS], serverNames: false }

it('makes Markdown in its thread, under a name with the day, without names of servers and folders', async () => {
  const file = await reports.plan({ format: 'markdown', ...own })
  const day = new Date(environment.now()).toISOString().slice(0, 10)
  expect(file).toMatchObject({ fileName: `headroom-test-plan-${day}.md`, mediaType: 'text/markdown', base64: null })
  expect(file.text).toContain('Stay: server 1 has room.')
  expect(file.text).toContain('**Workspace:** sample')
  expect(file.text).toContain('**Scenario:** Mine')
  expect(file.text).not.toMatch(/web-1|192\.0\.2\.4|secret-folder/)
  const named = await reports.plan({ format: 'markdown', ...own, serverNames: true })
  expect(named.text).toContain('Stay: web-1 has room.')
})

it('makes the same PDF twice', async () => {
  const first = await reports.plan({ format: 'pdf', ...own })
  const again = await reports.plan({ format: 'pdf', ...own })
  expect(first.mediaType).toBe('application/pdf')
  expect(
    Buffer.from(first.base64 ?? '', 'base64')
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  expect(first.pages).toBeGreaterThan(1)
  expect(again).toEqual(first)
})

it('compares scenarios and writes FOCUS rows over the asked months', async () => {
  const scenarios = [
    { key: 'a', name: 'As it goes', assumptions: assume(plan) },
    { key: 'b', name: 'Never', assumptions: assume(plan, { policy: { kind: 'stay' } }) },
  ]
  const compared = await reports.comparison({ format: 'markdown', scenarios, base: 'b', parts: ['moves'] })
  expect(compared.text).toContain('# Test plan: 2 scenarios compared')
  expect(compared.text).toContain('| Figure | As it goes | Never (base) |')
  expect(compared.text).toContain('Never costs least: €240 in 12 months')
  expect(compared.text).not.toContain('What the total')
  const focus = await reports.focus({
    scenario: { name: 'Never', assumptions: assume(plan, { policy: { kind: 'stay' } }) },
    months: 3,
  })
  expect(focus).toMatchObject({ mediaType: 'text/csv', rows: 3 })
  expect(focus.text?.split('\r\n')).toHaveLength(5)
})

it('leaves out of a scenario what the plan has no longer, and says so', async () => {
  const assumptions = assume(plan, { policy: { kind: 'fixed', moves: [{ month: 2, stage: 'gone' }] } })
  const file = await reports.plan({ format: 'markdown', ...own, scenario: { name: 'Old', assumptions } })
  expect(file.text).toMatch(/Left out of the scenario:\n\n- .*gone/)
})

it('ends a report that is cancelled, and one under way when the core closes', async () => {
  const cancel = new AbortController()
  cancel.abort()
  await expect(reports.focus({}, cancel.signal)).rejects.toMatchObject({ problem: { code: 'REPORT_CANCELLED' } })
  const later = new AbortController()
  const underWay = reports.focus({}, later.signal)
  later.abort()
  await expect(underWay).rejects.toMatchObject({ problem: { code: 'REPORT_CANCELLED' } })
  const last = reports.focus({})
  const closing = reports.close()
  await expect(last).rejects.toMatchObject({ problem: { code: 'REPORT_CANCELLED' } })
  await closing
  await expect(reports.focus({})).rejects.toMatchObject({ problem: { code: 'REPORT_CANCELLED' } })
})

it('tells when its thread dies, with what to do', async () => {
  const file = join(environment.folder, 'dies.mjs')
  writeFileSync(file, "throw new Error('no room left')")
  const broken = make({ threads: createReportThreads(pathToFileURL(file)) })
  await expect(broken.focus({})).rejects.toMatchObject({
    problem: { code: 'REPORT_FAILED', fact: 'The report could not be written: no room left.' },
  })
})
