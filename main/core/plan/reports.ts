import manifest from '../../../package.json' with { type: 'json' }
import type { Price } from '../../../shared/model/catalogue.ts'
import type { FleetRunway } from '../../../shared/model/forecast.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type {
  ComparisonPart,
  PlanPart,
  ReportedScenario,
  ReportFile,
  ReportFormat,
} from '../../../shared/model/report.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'
import type { Verdict } from '../../../shared/model/verdict.ts'
import { fitToPlan } from '../../../shared/planning/scenario-fit.ts'
import type { ServerName } from '../../../shared/report/anonymous.ts'
import type { Origin } from '../../../shared/report/plan-input.ts'
import { isoDay } from '../../../shared/report/words.ts'
import { createReportThreads, type ReportThreads } from './report/thread.ts'
import type { Simulator } from './simulator.ts'

/** Documents to hand on: what was asked for is simulated as What-if does it, then written in a thread of its own. */
export interface Reports {
  /** @throws NO_PLAN, REPORT_FAILED, REPORT_CANCELLED, SIMULATION_CANCELLED, and what simulate throws */
  plan(
    input: { format: ReportFormat; scenario?: ReportedScenario | undefined; parts: PlanPart[]; serverNames: boolean },
    signal?: AbortSignal,
  ): Promise<ReportFile>
  comparison(
    input: {
      format: ReportFormat
      scenarios: { key: string; name: string; assumptions: Assumptions }[]
      base?: string | undefined
      sla?: number | undefined
      parts: ComparisonPart[]
    },
    signal?: AbortSignal,
  ): Promise<ReportFile>
  focus(
    input: { scenario?: ReportedScenario | undefined; months?: number | undefined },
    signal?: AbortSignal,
  ): Promise<ReportFile>
  close(): Promise<void>
}

interface Dependencies {
  simulator: Simulator
  /** The plan in force; throws NO_PLAN. */
  plan(): Plan
  prices(): Price[]
  verdict(): Verdict
  runways(): FleetRunway[]
  hosts(): Host[]
  now(): number
  /** The workspace's folder; only its name is told. */
  folder: string
  threads?: ReportThreads
}

export function createReports(dependencies: Dependencies): Reports {
  const { simulator, now } = dependencies
  const threads = dependencies.threads ?? createReportThreads()
  const workspace = dependencies.folder.split(/[\\/]/).filter(Boolean).at(-1) ?? 'workspace'
  const origin = (at: number): Origin => ({ at, workspace, version: manifest.version })
  const named = (plan: Plan, what: string, at: number): string => `headroom-${plan.id}-${what}-${isoDay(at)}`

  return {
    async plan({ format, scenario, parts, serverNames }, signal) {
      const at = now()
      const plan = dependencies.plan()
      const prices = dependencies.prices()
      const { assumptions, gone } = runnable(plan, scenario, at)
      const verdict = parts.includes('verdict') ? dependencies.verdict() : null
      const runways = parts.includes('outlook') ? dependencies.runways() : []
      const hidden = serverNames ? [] : namesOf(dependencies.hosts())
      const simulation = await simulator.run(plan, prices, assumptions, signal)
      const sensitivity = parts.includes('sensitivity')
        ? await simulator.work('sensitivity', { plan, prices, assumptions, stated: {} }, signal)
        : null
      return threads.make(
        {
          kind: 'plan',
          fileName: named(plan, 'plan', at),
          format,
          prices,
          input: {
            origin: origin(at),
            plan,
            scenario: { name: scenario?.name ?? null, assumptions, simulation, notes: gone },
            ...{ verdict, runways, sensitivity, parts, hidden },
          },
        },
        signal,
      )
    },
    async comparison({ format, scenarios, base, sla, parts }, signal) {
      const at = now()
      const plan = dependencies.plan()
      const prices = dependencies.prices()
      const inputs = scenarios.map((one) => ({ ...one, assumptions: dated(one.assumptions, at) }))
      const options = { ...(base === undefined ? {} : { base }), ...(sla === undefined ? {} : { sla }) }
      const comparison = await simulator.work('compare', { plan, prices, inputs, options }, signal)
      const first = comparison.scenarios.find((one) => one.key === comparison.base)
      const sensitivity =
        parts.includes('sensitivity') && first
          ? await simulator.work('sensitivity', { plan, prices, assumptions: first.assumptions, stated: {} }, signal)
          : null
      return threads.make(
        {
          kind: 'comparison',
          fileName: named(plan, 'scenarios', at),
          format,
          input: { origin: origin(at), plan, comparison, sensitivity, parts },
        },
        signal,
      )
    },
    async focus({ scenario, months }, signal) {
      const at = now()
      const plan = dependencies.plan()
      const { assumptions } = runnable(plan, scenario, at)
      const asked = { ...assumptions, ...(months === undefined ? {} : { months }) }
      return threads.make(
        {
          kind: 'focus',
          fileName: named(plan, 'focus', at),
          prices: dependencies.prices(),
          plan,
          assumptions: asked,
          scenario: scenario?.name ?? null,
          start: asked.start ?? at,
        },
        signal,
      )
    },
    close: () => threads.close(),
  }
}

const dated = (assumptions: Assumptions, at: number): Assumptions => ({
  ...assumptions,
  start: assumptions.start ?? at,
})

/** The scenario, or the plan's own assumptions three years ahead; without what the plan has no longer. */
function runnable(
  plan: Plan,
  scenario: ReportedScenario | undefined,
  at: number,
): { assumptions: Assumptions; gone: string[] } {
  if (!scenario) return { assumptions: dated(ownAssumptions(plan), at), gone: [] }
  const fitted = fitToPlan(plan, scenario.assumptions)
  return { assumptions: dated(fitted.assumptions, at), gone: fitted.gone.map((one) => one.why) }
}

function ownAssumptions(plan: Plan): Assumptions {
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  return {
    present: driver?.present ?? 0,
    growth: plan.growth,
    months: 36,
    paths: 10_000,
    seed: 1,
    policy: { kind: 'triggers', leadMonths: 1 },
    levers: {},
    tax: false,
  }
}

/** Everything that a server may be called in what was measured. */
const namesOf = (hosts: readonly Host[]): ServerName[] =>
  hosts.map(({ name, address, route }) => ({
    name,
    also: [address, ...(route ? [route.address, ...route.through] : [])],
  }))
