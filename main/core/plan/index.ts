import { stringify } from 'yaml'
import type { StageCost } from '../../../shared/contract/contract.ts'
import type { CostsQuery } from '../../../shared/contract/costs.ts'
import { nearest } from '../../../shared/format/nearest.ts'
import type { AdditionCheck, AdditionInput } from '../../../shared/model/addition.ts'
import type { AutoscaleInput, AutoscaleWeek } from '../../../shared/model/autoscale-week.ts'
import type { Price } from '../../../shared/model/catalogue.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { FitTerms, Load, ProviderFit } from '../../../shared/model/provider-fit.ts'
import type { Assumptions, Simulation } from '../../../shared/model/scenario.ts'
import type { Verdict } from '../../../shared/model/verdict.ts'
import { checkAddition } from '../../../shared/planning/addition/check-addition.ts'
import { stageCosts } from '../../../shared/planning/cost.ts'
import { parsePlan } from '../../../shared/planning/plan-file.ts'
import { fitProviders } from '../../../shared/planning/provider-fit.ts'
import { conditionsOf, type Reference } from '../../../shared/planning/reference.ts'
import { ruleConditions } from '../../../shared/planning/rules.ts'
import { costMemo } from '../../../shared/planning/stage-cost-memo.ts'
import { decide } from '../../../shared/planning/verdict.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Hosts, SecretStore } from '../hosts/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Quiet } from '../quiet.ts'
import type { Workspace } from '../workspace/index.ts'
import { createLevels } from './addition.ts'
import { loadBlueprints } from './blueprints.ts'
import { priceOf } from './catalogue.ts'
import { costsOn } from './costs.ts'
import { createEditing, type Editing } from './editing.ts'
import { createFits, type Fits } from './fits.ts'
import { createForecasts, type Forecasts } from './forecasts.ts'
import { createJudging } from './measured-series.ts'
import { editOfState, type PlanState } from './plan-state.ts'
import { forgetPlan, readHead, readPlan, savePlan } from './plan-store.ts'
import { createPriceBook, type PriceBook } from './price-book.ts'
import { type LoadSubject, loadOf } from './provider-fits.ts'
import { referenceToday } from './reference.ts'
import { createReports, type Reports } from './reports.ts'
import { createScenarios, type Scenarios } from './scenarios.ts'
import { createSimulator, type Simulator } from './simulator.ts'

export { type Alerts, createAlerts } from './alerts/index.ts'
export { type ArtifactFiles, createArtifacts } from './artifacts/index.ts'
export { readCsvFile } from './csv-file.ts'

/** A plan with the computed cost of each of its stages. */
interface CostedPlan {
  plan: Plan
  costs: StageCost[]
}

/** The workspace's plan: where it comes from, what it costs, what it says today and what may come. */
export interface Plans {
  /** The plans that ship with the product, sorted by name. */
  blueprints(): CostedPlan[]
  /** The chosen plan with its revision and what undo and redo would do, in words; null before one is chosen. */
  current(): (CostedPlan & { revision: number; undo: string | null; redo: string | null }) | null
  /** Editing the plan, and its history. */
  editing: Editing
  /** Makes a copy of a blueprint the workspace's plan. NO_BLUEPRINT names those there are. */
  choose(blueprintId: string): void
  /** Leaves the workspace without a plan and without the history of one. */
  discard(): void
  /** UNKNOWN_STAGE, UNKNOWN_DRIVER, UNKNOWN_NEED, UNKNOWN_OPTIMISATION, NEGATIVE_VALUE, NO_PLAN. */
  state(change: PlanState): void
  /** The stages' costs on other terms, and what the plan leaves open. NO_PLAN, UNKNOWN_DRIVER, UNUSED_RATE, NO_TAX_RATE. */
  costsOn(query: CostsQuery): ReturnType<typeof costsOn>
  exportYaml(): string
  /** YAML_INVALID, whose details name each fault's line and column; the plan in force stays. */
  importYaml(yaml: string, fileName: string): void
  /**
   * Reads what the next verdict, reference or addition rests on, in parts between which others get their turn. Where it is
   * left out the same is found, at once. Without a plan it does nothing.
   */
  readAhead(what: 'verdict' | 'reference' | 'addition'): Promise<void>
  /** Judges every rule of the present stage on the stored samples. NO_PLAN before one is chosen. */
  verdict(): Verdict
  /** Whether so many more fit on what is measured. NO_PLAN, UNKNOWN_DRIVER, ADDITION_DATE. */
  checkAddition(input: AdditionInput): AdditionCheck
  /** What the plan says beyond its ladder, computed and judged now. NO_PLAN. */
  reference(): Reference
  /** Runs the Monte Carlo in a worker thread; an aborted signal ends it with SIMULATION_CANCELLED. */
  simulate(assumptions: Assumptions, signal?: AbortSignal): Promise<Simulation>
  /** A week of a stage's autoscalers, in the worker thread. UNKNOWN_STAGE, NO_AUTOSCALER, AUTOSCALER_...; see autoscaleWeek. */
  autoscaleWeek(input: AutoscaleInput, signal?: AbortSignal): Promise<AutoscaleWeek>
  prices(): Price[]
  /** Where those come from: what ships, providers' lists, own ones. */
  priceBook: PriceBook
  /** What a server, all servers, or a stage asks for. HOST_NOT_FOUND, NO_SERVERS, UNKNOWN_STAGE, UNKNOWN_DRIVER, NO_PLAN. */
  loadOf(subject: LoadSubject): Load
  /** The same, with every plan in the price book that carries it. NOTHING_TO_FIT. */
  fitProviders(subject: LoadSubject, terms: FitTerms): { load: Load; fit: ProviderFit }
  /** What-ifs kept under a name, and what is made of several. */
  scenarios: Scenarios
  /** What measured series will do, and when they reach the plan's thresholds. */
  forecasts: Forecasts
  /** Documents to hand on, of the plan, of scenarios, and its costs as a table. */
  reports: Reports
  /** Growth, demand and the scalability law fitted on files and measured series. */
  fits: Fits
  close(): Promise<void>
}

interface Dependencies {
  workspace: Pick<Workspace, 'app' | 'folder'>
  hosts: Pick<Hosts, 'list'> & { readonly secrets?: SecretStore }
  metrics: Pick<Metrics, 'readings' | 'versions' | 'latest' | 'everyMs' | 'series' | 'slice'>
  environment: Pick<Environment, 'now' | 'elapsed' | 'newId' | 'resources' | 'env' | 'log'>
  events: Pick<EventHub, 'emit'>
  quiet: Pick<Quiet, 'come'>
  simulator?: Simulator
}

export function createPlans(dependencies: Dependencies): Plans {
  const { workspace, hosts, metrics, environment, events, quiet } = dependencies
  const simulator = dependencies.simulator ?? createSimulator()
  const priceBook = createPriceBook({
    ...{ database: workspace.app, environment, events, secrets: hosts.secrets },
    plan: () => readPlan(workspace.app),
    changed: () => {
      memo = null
    },
  })
  const costed = (plan: Plan): CostedPlan => ({
    plan,
    costs: stageCosts(plan, priceOf(priceBook.all())),
  })
  const chosen = (): Plan => readPlan(workspace.app) ?? noPlan()
  const changed = (revision: number): void => events.emit({ kind: 'plan', revision })
  const keep = (plan: Plan, reason: string): void => changed(savePlan(workspace.app, plan, reason, environment.now()))
  // The plan in force changes by small edits: only what they touch is counted again.
  let memo: ReturnType<typeof costMemo> | null = null
  const costsOfChosen = (plan: Plan): StageCost[] => {
    memo ??= costMemo(priceOf(priceBook.all()))
    return memo(plan)
  }
  const editing = createEditing({
    database: workspace.app,
    now: () => environment.now(),
    costs: costsOfChosen,
    changed,
    scenariosChanged: () => events.emit({ kind: 'scenarios' }),
    noPlan,
  })

  const load = (subject: LoadSubject): Load =>
    loadOf({ subject, plan: chosen, hosts: hosts.list(), metrics, now: environment.now() })

  const forecasts = createForecasts({
    ...{ database: workspace.app, hosts, metrics, environment, events, quiet },
    plan: () => readPlan(workspace.app),
  })

  const judging = createJudging(metrics, () => environment.elapsed())
  const verdictNow = (): Verdict => {
    const plan = chosen()
    const now = environment.now()
    return decide({
      plan,
      costs: costsOfChosen(plan),
      now,
      expectedIntervalMs: metrics.everyMs(),
      series: judging.series({ now, hosts: hosts.list(), conditions: ruleConditions(plan) }),
      runways: forecasts.known(),
    })
  }
  const levels = createLevels(metrics, () => environment.elapsed())
  const readAhead = async (what: 'verdict' | 'reference' | 'addition'): Promise<void> => {
    const plan = readPlan(workspace.app)
    if (!plan) return
    if (what === 'addition') return levels.ahead({ plan, hosts: hosts.list(), now: environment.now() })
    const conditions = what === 'verdict' ? ruleConditions(plan) : conditionsOf(plan)
    const [now, expectedIntervalMs] = [environment.now(), metrics.everyMs()]
    await judging.ahead({ now, hosts: hosts.list(), conditions, expectedIntervalMs })
  }
  const reports = createReports({
    simulator,
    plan: chosen,
    prices: () => priceBook.all(),
    verdict: verdictNow,
    runways: () => forecasts.known(),
    hosts: () => hosts.list(),
    now: () => environment.now(),
    folder: workspace.folder,
  })

  return {
    blueprints: () => loadBlueprints(environment.resources).map(costed),
    current() {
      const head = readHead(workspace.app)
      return head && { ...head, costs: costsOfChosen(head.plan), ...editing.ways() }
    },
    choose(blueprintId) {
      const all = loadBlueprints(environment.resources)
      const blueprint = all.find((plan) => plan.id === blueprintId)
      if (!blueprint) throw noBlueprint(blueprintId, all)
      keep(blueprint, `Blueprint ${blueprint.name} chosen`)
    },
    discard() {
      forgetPlan(workspace.app)
      events.emit({ kind: 'plan' })
    },
    state(change) {
      editing.editNow(editOfState(chosen(), change))
    },
    editing,
    costsOn: (query) => costsOn(chosen(), priceOf(priceBook.all()), query),
    exportYaml: () => stringify(chosen(), { lineWidth: 120 }),
    importYaml: (yaml, fileName) => keep(parsePlan(yaml, fileName), `Imported from ${fileName}`),
    reference: () =>
      referenceToday({
        plan: chosen(),
        now: environment.now(),
        judging,
        everyMs: metrics.everyMs(),
        hosts: hosts.list(),
        priceOf: priceOf(priceBook.all()),
      }),
    readAhead,
    verdict: verdictNow,
    checkAddition(input) {
      const plan = chosen()
      const now = environment.now()
      return checkAddition({
        ...{ plan, input, now, runways: forecasts.known(), levels: levels.of({ plan, hosts: hosts.list(), now }) },
        costsAt: (at) => stageCosts(plan, priceOf(priceBook.all()), {}, at),
      })
    },
    async simulate(assumptions, signal) {
      const dated = { ...assumptions, start: assumptions.start ?? environment.now() }
      return simulator.run(chosen(), priceBook.all(), dated, signal)
    },
    autoscaleWeek: async (input, signal) =>
      simulator.work('autoscaleWeek', { plan: chosen(), prices: priceBook.all(), input }, signal),
    prices: () => priceBook.all(),
    priceBook,
    loadOf: load,
    fitProviders(subject, terms) {
      const found = load(subject)
      return { load: found, fit: fitProviders(priceBook.all(), found, terms) }
    },
    scenarios: createScenarios({
      database: workspace.app,
      environment,
      events,
      simulator,
      plan: chosen,
      prices: () => priceBook.all(),
    }),
    forecasts,
    fits: createFits({ metrics, simulator, editing, plan: chosen, now: () => environment.now() }),
    reports,
    async close() {
      await reports.close()
      await forecasts.close()
      await simulator.close()
    },
  }
}

function noPlan(): never {
  throw new HeadroomError({
    code: 'NO_PLAN',
    fact: 'The workspace has no plan yet.',
    fix: 'Choose a blueprint in Plan, or import a plan from a YAML file.',
  })
}

function noBlueprint(id: string, all: readonly Plan[]): HeadroomError {
  const ids = all.map((plan) => plan.id)
  const near = nearest(id, ids)
  return new HeadroomError({
    code: 'NO_BLUEPRINT',
    fact: `There is no blueprint "${id}".`,
    fix: `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${ids.join(', ')}.`,
    field: 'blueprintId',
    value: id,
  })
}
