import { expect, it } from 'vitest'
import { testPlan } from '../../test/fixtures/plan.ts'
import { REPORT_DAY, reportInput } from '../../test/fixtures/report.ts'
import type { FleetRunway } from '../model/forecast.ts'
import { PlanSchema } from '../model/plan.ts'
import type { Verdict } from '../model/verdict.ts'
import type { Block, Report } from './document.ts'
import { eachText } from './each-text.ts'
import { markdownOf } from './markdown.ts'
import { planReport } from './plan-report.ts'
import { exactMoney, monthText, roughMoney, shareText } from './words.ts'

const tables = (report: Report): Extract<Block, { kind: 'table' }>[] =>
  report.blocks.filter((block) => block.kind === 'table')
const headings = (report: Report): string[] =>
  report.blocks.flatMap((block) => (block.kind === 'heading' ? [block.text] : []))
const textOf = (report: Report): string => {
  const texts: string[] = []
  eachText(report, (text) => {
    texts.push(text)
    return text
  })
  return texts.join('\n')
}

const verdict = (parts: Partial<Verdict> = {}): Verdict => ({
  kind: 'move',
  headline: 'Move to Medium: CPU on db-1 is full.',
  reasons: ['CPU on db-1 (10.0.0.7) is at 91%, and db-10 is not.'],
  at: REPORT_DAY,
  stage: { id: 'small', name: 'Small', index: 0, of: 3 },
  target: { id: 'medium', name: 'Medium' },
  judgements: [],
  optimisations: [],
  unknown: ['Memory: no data for db-1.'],
  ...parts,
})

const runway = (parts: Partial<FleetRunway> = {}): FleetRunway =>
  ({
    origin: 'limit',
    id: 'disk',
    name: 'Disk fills',
    severity: 'warning',
    toStage: null,
    op: '>',
    threshold: 0.8,
    runway: {
      kind: 'dated',
      threshold: 0.8,
      at: REPORT_DAY + 41 * 864e5,
      earliest: REPORT_DAY + 33 * 864e5,
      latest: null,
      until: REPORT_DAY + 90 * 864e5,
    },
    words: '',
    hostId: 'a',
    hostName: 'db-1',
    metric: 'disk_used_ratio',
    labels: { mount: '/srv' },
    unit: 'ratio',
    madeAt: REPORT_DAY,
    present: 0.5,
    model: 'ets',
    mase: 1,
    coverage: 0.8,
    tooShort: null,
    ...parts,
  }) as FleetRunway

it('shows every stage with its computed cost to the minor unit, and every figure of the fan', () => {
  const input = reportInput(testPlan())
  const report = planReport(input)
  const ladder = tables(report).find(({ columns }) => columns.some((one) => one.title === 'Carries'))
  expect(ladder?.rows.map(({ cells }) => [cells[1], cells[3]])).toEqual(
    input.costs.map((cost, index) => [
      `${input.plan.stages[index]?.name}${index === 0 ? ' (now)' : ''}`,
      exactMoney(cost.perMonthMinor, 'EUR'),
    ]),
  )
  const { simulation } = input.scenario
  const fan = tables(report).find(
    ({ columns }) => columns.some((one) => one.title === 'P10') && columns[0]?.title === 'Month',
  )
  expect(fan?.rows).toHaveLength(12)
  expect(fan?.rows.map(({ cells }) => cells.slice(2, 7))).toEqual(
    simulation.cost.p50.map((p50, month) => [
      roughMoney(simulation.cost.p10[month] ?? 0, 'EUR'),
      roughMoney(p50, 'EUR'),
      roughMoney(simulation.cost.p90[month] ?? 0, 'EUR'),
      roughMoney(simulation.cumulativeCost.p50[month] ?? 0, 'EUR'),
      shareText(simulation.overloadShare[month] ?? 0),
    ]),
  )
  const chart = report.blocks.find((block) => block.kind === 'chart' && block.chart.kind === 'fan')
  expect(chart).toMatchObject({ chart: { bands: [{ ...simulation.cost }] } })
})

it('dates the triggers as the simulation does, those that never fire left out', () => {
  const input = reportInput(testPlan(), {}, { months: 36 })
  const report = planReport(input)
  const shown =
    tables(report).find(({ columns }) => columns[0]?.title === 'Trigger' && columns.length === 6)?.rows ?? []
  const fired = input.scenario.simulation.triggers.filter(({ firedShare }) => firedShare > 0)
  expect(shown).toHaveLength(fired.length)
  for (const { name, month, firedShare } of fired) {
    const row = shown.find(({ cells }) => cells[0]?.startsWith(name) && cells[5] === shareText(firedShare))
    expect(row?.cells.slice(2, 5)).toEqual(
      [month.p10, month.p50, month.p90].map((at) => (at === null ? 'later' : monthText(REPORT_DAY, at))),
    )
  }
})

it('names no server unless that is asked for, in evidence and in runways, and leaves longer names alone', () => {
  const hidden = [{ name: 'db-1', also: ['10.0.0.7'] }]
  const parts = { verdict: verdict(), runways: [runway()] }
  const silent = textOf(planReport(reportInput(testPlan(), { ...parts, hidden })))
  expect(silent).not.toMatch(/db-1(?!0)|10\.0\.0\.7/)
  expect(silent).toContain('CPU on server 1 (server 1) is at 91%, and db-10 is not.')
  expect(silent).toContain('Disk /srv, server 1')
  expect(textOf(planReport(reportInput(testPlan(), parts)))).toContain('Disk /srv, db-1')
})

it('has the parts that are asked for and no others', () => {
  const all = headings(planReport(reportInput(testPlan(), { verdict: verdict() })))
  expect(all).toEqual(
    expect.arrayContaining([
      'In short',
      'The ladder',
      'What it will cost, and when',
      'Availability',
      'The stages in detail',
      'Prices',
    ]),
  )
  const least = planReport(reportInput(testPlan(), { verdict: verdict(), parts: [] }))
  expect(headings(least)).toEqual(['In short', 'The ladder'])
  expect(textOf(least)).not.toContain('Move to Medium')
})

it('says in words what a plan without figures leaves out', () => {
  const bare = PlanSchema.parse({
    format: 'headroom/plan@1',
    id: 'bare',
    name: 'Bare',
    summary: '',
    currency: 'EUR',
    drivers: [{ id: 'users', name: 'Users', unit: 'users', present: 0 }],
    growth: { monthlyRate: 0, deviation: 0 },
    stage: 'only',
    stages: [{ id: 'only', name: 'Only', objective: '' }],
  })
  const text = textOf(planReport(reportInput(bare)))
  for (const words of [
    'not stated',
    'no costs stated',
    'The plan states no costs for it.',
    'No trigger fires on any path until Oct 2027.',
    'No server is measured yet',
    'The plan states no demand',
    'Only has no topology',
  ])
    expect(text).toContain(words)
  expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/)
})

it('holds fifty stages with long, right-to-left and pictured names whole', () => {
  const plan = testPlan()
  const [first] = plan.stages
  const names = ['מדרגה גדולה', 'مرحلة', '🚀 Rocket 👩‍👩‍👧', 'x'.repeat(300), 'a|b <b>*c*</b>']
  const stages = Array.from({ length: 50 }, (_, index) => ({
    ...structuredClone(first as (typeof plan.stages)[number]),
    id: `s${index}`,
    name: `${names[index % names.length]} ${index}`,
    triggers: [],
  }))
  const input = reportInput({ ...plan, stages, stage: 's0' })
  const report = planReport(input)
  const ladder = tables(report).find(({ columns }) => columns.some((one) => one.title === 'Carries'))
  expect(ladder?.rows).toHaveLength(50)
  // Fifty bars would be higher than a page.
  expect(report.blocks.some((block) => block.kind === 'chart' && block.chart.kind === 'bars')).toBe(false)
  const markdown = markdownOf(report)
  expect(markdown).toContain('מדרגה גדולה 0')
  expect(markdown).toContain('🚀 Rocket 👩‍👩‍👧 2')
  expect(markdown).toContain('a\\|b \\<b\\>\\*c\\*\\</b\\> 4')
})

it('takes stages that few paths hold together, so that the shares of a month are still whole', () => {
  const input = reportInput(testPlan())
  const { simulation } = input.scenario
  const shares = Array.from({ length: 12 }, (_, index) => ({
    stage: `s${index}`,
    name: `Stage ${index}`,
    share: [(index + 1) / 78, (12 - index) / 78],
  }))
  const report = planReport({
    ...input,
    scenario: { ...input.scenario, simulation: { ...simulation, stageShare: shares } },
  })
  const chart = report.blocks.flatMap((block) =>
    block.kind === 'chart' && block.chart.kind === 'shares' ? block.chart.parts : [],
  )
  expect(chart).toHaveLength(8)
  expect(chart.at(-1)?.name).toBe('5 other stages')
  for (const month of [0, 1]) expect(chart.reduce((sum, one) => sum + (one.share[month] ?? 0), 0)).toBeCloseTo(1, 12)
})
