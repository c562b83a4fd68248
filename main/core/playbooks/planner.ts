import { createHash } from 'node:crypto'
import { problemOf, wellEnded } from '../../../shared/model/problem.ts'
import type { Preview } from '../../../shared/model/run.ts'
import { conditionHolds } from '../../../shared/playbook/condition.ts'
import { shownLater } from '../../../shared/playbook/later.ts'
import type { Playbook, Step } from '../../../shared/playbook/schema.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import { eachLimited } from './each-limited.ts'
import { canonical } from './journal.ts'
import type { LoadedPlaybook } from './loader.ts'
import { handlerOf } from './steps/index.ts'
import { emptyPlan, type PlanContext, type StepPlan } from './steps/step.ts'
import type { ResolvedValues } from './values.ts'

/** How many servers a step works on at once unless it says. */
export const PARALLEL = 5

export interface Planned {
  preview: Preview
  plans: StepPlan[]
  hostIds: string[]
}

/**
 * How long a step took before on these servers: the median, and of how many runs; else what its last rehearsal took; null
 * where it never ran.
 */
export type Estimates = (
  step: Step,
  hostIds: readonly string[],
) => { ms: number; runs: number; rehearsed?: { at: number; hosts: string[] } } | null

export function planContext(
  {
    hosts,
    environment,
    metrics,
    artifact,
  }: { hosts: Hosts; environment: Environment } & Pick<PlanContext, 'metrics' | 'artifact'>,
  values: ResolvedValues,
): PlanContext {
  const names = new Map(hosts.list().map(({ id, name }) => [id, name]))
  return { hosts, environment, metrics, artifact, values, hostName: (id) => names.get(id) ?? id }
}

/**
 * What a playbook would do with these values, found out by reading only. What stops it is in `problems`, never thrown.
 * The hash covers the file, the parameters, every command that acts, diff and fact, so a run that starts on it does what was shown.
 */
export async function planPlaybook(
  loaded: LoadedPlaybook & { playbook: Playbook },
  values: ResolvedValues,
  context: PlanContext,
  estimates: Estimates,
): Promise<Planned> {
  const { playbook } = loaded
  const plans: StepPlan[] = []
  const changedBefore = new Set<string>()
  for (const step of playbook.steps) {
    const plan = await planStep(step, values, { ...context, changedBefore: new Set(changedBefore) })
    if (!plan.alreadyDone) for (const { readOnly, hostId } of plan.commands) if (!readOnly) changedBefore.add(hostId)
    plans.push(plan)
  }
  const steps = playbook.steps.map((step, index) =>
    previewStep(step, index, plans[index] as StepPlan, values, context, estimates),
  )
  const todo = steps.filter(({ alreadyDone, holds }) => !alreadyDone && holds !== false)
  const preview: Preview = {
    hash: hashOfPlan(loaded.source, values.shown, plans),
    playbookId: playbook.id,
    name: playbook.name,
    parameters: values.shown,
    steps,
    problems: distinct(plans.flatMap((plan) => plan.problems)),
    warnings: [...new Set(plans.flatMap((plan) => plan.warnings))],
    downtime: plans.find((plan) => plan.downtime !== null)?.downtime ?? playbook.downtime ?? 'none stated',
    estimateMs: todo.every(({ estimateMs }) => estimateMs !== null)
      ? todo.reduce((sum, { estimateMs }) => sum + (estimateMs ?? 0), 0)
      : null,
    irreversible: [
      ...playbook.irreversible,
      ...todo.filter(({ irreversible }) => irreversible).map(({ index, name }) => `Step ${index + 1}, ${name}.`),
    ],
    rehearsal: false,
    locks: [],
    changes: null,
    effects: [...playbook.effects, ...plans.flatMap((plan) => plan.effects)],
  }
  return { preview, plans, hostIds: [...new Set(plans.flatMap((plan) => plan.hostIds))] }
}

/**
 * What a start compares with what was reviewed. Checks only read and have been run by then: what they found counts, and
 * which of them were asked may follow from that (the largest table of the moment, for a sample of its speed).
 */
export function hashOfPlan(source: string, parameters: Record<string, string>, plans: readonly StepPlan[]): string {
  const steps = plans.map(({ commands, diffs, alreadyDone, facts, holds }) => ({
    commands: commands.filter(({ purpose }) => purpose !== 'check'),
    diffs,
    alreadyDone,
    facts,
    holds: holds ?? null,
  }))
  return createHash('sha256').update(canonical({ source, parameters, steps })).digest('hex')
}

async function planStep(step: Step, values: ResolvedValues, context: PlanContext): Promise<StepPlan> {
  try {
    const holds = step.when === undefined ? true : conditionHolds(step.when, (name) => values.known(name))
    if (holds === false)
      return { ...emptyPlan(), holds, notes: [`It is left out: ${shownCondition(step.when ?? '')} does not hold.`] }
    const plan = await planOnHosts(step, values, context)
    if (holds === null)
      plan.notes.push(`It runs only if ${shownCondition(step.when ?? '')}, which shows during the run.`)
    return { ...plan, holds, notes: plan.notes.map(shownLater) }
  } catch (error) {
    return { ...emptyPlan(), holds: true, problems: [problemIn(step, error, context)] }
  }
}

async function planOnHosts(step: Step, values: ResolvedValues, context: PlanContext): Promise<StepPlan> {
  const hostIds = 'host' in step && step.host !== undefined ? values.hostIds(step.host) : []
  const only = hostIds[0]
  if (only === undefined) return await handlerOf(step).plan(step, context)
  if (hostIds.length === 1) return await handlerOf(step).plan(step, { ...context, values: values.forHost(only) })
  const byHost: Record<string, StepPlan> = {}
  const limit = ('parallel' in step ? step.parallel : undefined) ?? PARALLEL
  await eachLimited(hostIds, limit, async (hostId) => {
    try {
      byHost[hostId] = await handlerOf(step).plan(onHost(step, hostId), { ...context, values: values.forHost(hostId) })
    } catch (error) {
      byHost[hostId] = { ...emptyPlan(), hostIds: [hostId], problems: [problemIn(step, error, context)] }
    }
  })
  return merged(hostIds, byHost)
}

/** The step as its handler gets it for one of several servers. */
export const onHost = <S extends Step>(step: S, hostId: string): S => ({ ...step, host: hostId })

function merged(hostIds: readonly string[], byHost: Record<string, StepPlan>): StepPlan {
  const plans = hostIds.map((hostId) => byHost[hostId] as StepPlan)
  const all = <T>(of: (plan: StepPlan) => readonly T[]): T[] => [...new Set(plans.flatMap(of))]
  return {
    hostIds: all((plan) => plan.hostIds),
    alreadyDone: plans.every(({ alreadyDone }) => alreadyDone),
    commands: plans.flatMap(({ commands }) => commands),
    diffs: plans.flatMap(({ diffs }) => diffs),
    notes: all(({ notes }) => notes),
    irreversible: plans.some(({ irreversible }) => irreversible),
    undoable: plans.some(({ undoable }) => undoable),
    problems: plans.flatMap(({ problems }) => problems),
    warnings: all(({ warnings }) => warnings),
    effects: all(({ effects }) => effects),
    downtime: plans.find(({ downtime }) => downtime !== null)?.downtime ?? null,
    facts: Object.fromEntries(hostIds.map((hostId) => [hostId, byHost[hostId]?.facts ?? {}])),
    byHost,
  }
}

function problemIn(step: Step, error: unknown, { environment }: PlanContext) {
  const problem = problemOf(error)
  if (problem.code === 'INTERNAL') environment.log.error({ err: error, step: step.id }, 'planning failed')
  return problem
}

const shownCondition = (text: string): string => text.replaceAll(/\$\{\{\s*([^\s}]+)\s*\}\}/g, '$1')

function previewStep(
  step: Step,
  index: number,
  plan: StepPlan,
  values: ResolvedValues,
  context: PlanContext,
  estimates: Estimates,
): Preview['steps'][number] {
  const estimate: ReturnType<Estimates> = plan.hostIds.length === 0 ? { ms: 0, runs: 0 } : estimates(step, plan.hostIds)
  return {
    index,
    id: step.id,
    name: values.plain(step.name),
    kind: step.kind,
    hostNames: plan.hostIds.map(context.hostName),
    alreadyDone: plan.alreadyDone,
    commands: plan.commands,
    notes: plan.notes,
    irreversible: plan.irreversible,
    undoable: plan.undoable,
    diffs: plan.diffs,
    condition: step.when ?? null,
    holds: plan.holds ?? null,
    downtime: plan.downtime,
    estimateMs: estimate?.ms ?? null,
    estimateRuns: estimate?.runs ?? 0,
    rehearsed: estimate?.rehearsed ?? null,
  }
}

function distinct(problems: readonly StepPlan['problems'][number][]) {
  const told = problems.map((problem) => ({ ...problem, fact: wellEnded(problem.fact) }))
  const seen = new Map(told.map((problem) => [`${problem.code} ${problem.fact}`, problem]))
  return [...seen.values()]
}
