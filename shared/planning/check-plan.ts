import type { Finding } from '../format/schema-findings.ts'
import { METRICS } from '../metrics/catalogue.ts'
import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import type { Limit, Stage } from '../model/stage.ts'
import { checkCosts, checkMoney } from './check-costs.ts'
import { checkGrowth } from './check-growth.ts'
import { checkReference } from './check-reference.ts'
import { checkAutoscalers, checkOrder, checkTopology } from './check-stages.ts'
import { type CheckTools, type Path, unique, unknown } from './check-tools.ts'

const METRIC_NAMES = Object.keys(METRICS)

/**
 * What a plan of the right shape still has wrong: names that refer to nothing, names given twice, ratios written as
 * percentages, limits in the wrong order, rows without a price. Each finding has the path of the value at fault.
 */
export function checkPlan(plan: Plan): Finding[] {
  const findings: Finding[] = []
  const say: Say = (path, message, at = 'value') => {
    findings.push({ path, message, at })
  }
  const names: Names = {
    stages: plan.stages.map((stage) => stage.id),
    drivers: plan.drivers.map((driver) => driver.id),
    needs: Object.keys(plan.needs),
    resources: plan.demand.map((demand) => demand.resource),
  }
  const known = (path: Path, kind: string, name: string, list: readonly string[]): void => {
    if (!list.includes(name)) say(path, unknown(kind, name, list))
  }

  unique(plan.drivers, (driver) => driver.id, ['drivers'], 'id', say)
  unique(plan.stages, (stage) => stage.id, ['stages'], 'id', say)
  unique(plan.demand, (demand) => demand.resource, ['demand'], 'resource', say)
  for (const key of ['guardRails', 'optimisations', 'tables', 'milestones'] as const) {
    unique<{ id: string }>(plan[key], (one) => one.id, [key], 'id', say)
  }
  const primary = plan.drivers.flatMap((driver, index) => (driver.primary ? [index] : []))
  for (const index of primary.slice(1)) say(['drivers', index, 'primary'], 'only one driver may be primary')
  known(['stage'], 'stage', plan.stage, names.stages)

  for (const [index, demand] of plan.demand.entries()) {
    known(['demand', index, 'driver'], 'driver', demand.driver, names.drivers)
    if (demand.metric !== undefined) known(['demand', index, 'metric'], 'metric', demand.metric, METRIC_NAMES)
  }
  const tools: CheckTools = { say, known, condition: (one, path) => checkCondition(one, path, names, say, known) }
  checkMoney(plan, tools)
  checkGrowth(plan, tools)
  for (const [index, stage] of plan.stages.entries()) checkStage(stage, index, plan, names, tools)
  checkOrder(plan, tools)
  checkRoadmap(plan, names, tools)
  for (const [index, rail] of plan.guardRails.entries()) {
    const path = ['guardRails', index]
    for (const [at, stage] of rail.against.entries()) known([...path, 'against', at], 'stage', stage, names.stages)
    if (rail.when) checkCondition(rail.when, [...path, 'when'], names, say, known)
  }
  const helped = [...METRIC_NAMES, ...names.resources]
  for (const [index, one] of plan.optimisations.entries()) {
    for (const [at, name] of one.helps.entries())
      known(['optimisations', index, 'helps', at], 'metric or resource', name, helped)
  }
  checkReference(plan, tools)
  for (const [index, table] of plan.tables.entries()) {
    for (const [at, row] of table.rows.entries()) {
      if (row.length !== table.columns.length) {
        say(['tables', index, 'rows', at], `the row has ${row.length} cells, the table ${table.columns.length} columns`)
      }
    }
  }
  return findings
}

interface Names {
  stages: string[]
  drivers: string[]
  needs: string[]
  resources: string[]
}
type Say = CheckTools['say']
type Known = CheckTools['known']

/** The milestones and decision points of the roadmap. */
function checkRoadmap(plan: Plan, names: Names, { say, known }: CheckTools): void {
  for (const [at, milestone] of plan.milestones.entries())
    known(['milestones', at, 'stage'], 'stage', milestone.stage, names.stages)
  const seen = new Set<string>()
  for (const [at, point] of plan.decisionPoints.entries()) {
    if (typeof point === 'string') continue
    const path = ['decisionPoints', at]
    if (seen.has(point.id)) say([...path, 'id'], `"${point.id}" is there twice`)
    seen.add(point.id)
    if (point.before !== undefined) known([...path, 'before'], 'stage', point.before, names.stages)
  }
}

function checkStage(stage: Stage, index: number, plan: Plan, names: Names, tools: CheckTools): void {
  const { say, known } = tools
  const path = ['stages', index]
  for (const key of ['limits', 'triggers'] as const) {
    unique<{ id: string }>(stage[key], (one) => one.id, [...path, key], 'id', say)
  }
  checkTopology(stage, path, plan, tools)
  checkCosts(stage, path, plan, tools)
  checkAutoscalers(stage, path, plan, tools)
  for (const [at, limit] of stage.limits.entries()) checkLimit(limit, [...path, 'limits', at], say, known)
  for (const [at, trigger] of stage.triggers.entries()) {
    const here = [...path, 'triggers', at]
    if (trigger.to === stage.id) say([...here, 'to'], 'leads to its own stage')
    else if (trigger.to !== undefined) known([...here, 'to'], 'stage', trigger.to, names.stages)
    else if (trigger.direction === 'down' && index === 0)
      say([...here, 'direction'], 'there is no stage below; name one with "to"')
    else if (trigger.direction === 'up' && index === names.stages.length - 1)
      say([...here, 'direction'], 'there is no stage above; name one with "to"')
    checkCondition(trigger.when, [...here, 'when'], names, say, known)
  }
  if (stage.relativeCost) {
    const over = [...path, 'relativeCost', 'over']
    known(over, 'stage', stage.relativeCost.over, names.stages)
    if (leadsBack(stage, plan)) say(over, 'the cost would be counted on top of itself')
  }
}

/** True when following `relativeCost.over` from a stage comes back to it. */
function leadsBack(stage: Stage, plan: Plan): boolean {
  let next: Stage | undefined = stage
  for (let steps = 0; steps <= plan.stages.length; steps += 1) {
    const over: string | undefined = next?.relativeCost?.over
    if (over === undefined) return false
    if (over === stage.id) return true
    next = plan.stages.find((other) => other.id === over)
  }
  return false
}

function checkLimit(limit: Limit, path: Path, say: Say, known: Known): void {
  known([...path, 'metric'], 'metric', limit.metric, METRIC_NAMES)
  if (limit.warning === undefined && limit.critical === undefined) say(path, 'needs a warning or a critical value')
  for (const key of ['warning', 'critical'] as const) {
    const value = limit[key]
    if (value !== undefined) checkRatio(limit.metric, value, [...path, key], say)
  }
  if (limit.warning === undefined || limit.critical === undefined) return
  const grows = limit.op === '>' || limit.op === '>='
  if (grows ? limit.critical < limit.warning : limit.critical > limit.warning) {
    say([...path, 'critical'], `is reached before warning (${limit.warning})`)
  }
}

function checkCondition(condition: Condition, path: Path, names: Names, say: Say, known: Known): void {
  if ('all' in condition || 'any' in condition) {
    const key = 'all' in condition ? 'all' : 'any'
    const parts = 'all' in condition ? condition.all : condition.any
    for (const [at, one] of parts.entries()) checkCondition(one, [...path, key, at], names, say, known)
  } else if ('metric' in condition) {
    known([...path, 'metric'], 'metric', condition.metric, METRIC_NAMES)
    checkRatio(condition.metric, condition.value, [...path, 'value'], say)
  } else if ('derived' in condition) {
    if ((condition.value === undefined) === (condition.need === undefined))
      say(path, 'needs a value to compare with, or the need that states it, and not both')
    if (condition.need !== undefined) known([...path, 'need'], 'need', condition.need, names.needs)
    if (condition.derived === 'availability' && condition.value !== undefined)
      checkRatio('availability_ratio', condition.value, [...path, 'value'], say, 'availability')
  } else if ('driver' in condition) known([...path, 'driver'], 'driver', condition.driver, names.drivers)
  else {
    known([...path, 'need'], 'need', condition.need, names.needs)
    if ((condition.op === undefined) !== (condition.value === undefined))
      say(path, 'needs both op and value, or neither')
  }
}

/** Ratios are 0..1 everywhere: 80 for 80% is the likeliest slip in a hand-written plan. */
function checkRatio(metric: string, value: number, path: Path, say: Say, name = metric): void {
  if (metric.endsWith('_ratio') && (value < 0 || value > 1))
    say(
      path,
      `${name} is a ratio from 0 to 1; write ${value > 1 ? `${Number((value / 100).toPrecision(12))} for ${value}%` : 'a value in that range'}`,
    )
}
