import type { StageCost } from '../contract/contract.ts'
import { formatHeld } from '../format/duration.ts'
import { formatMoney, formatQuantity, type QuantityUnit } from '../format/quantity.ts'
import type { FleetRunway } from '../model/forecast.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import type { Judgement, Verdict } from '../model/verdict.ts'
import { availabilityWords, derivedOf, unmetWords } from './derived.ts'
import type { Evidence } from './judge.ts'
import { metricWords } from './metric-words.ts'
import { type JudgedRule, judgeRules, presentIndex, pricedCost } from './rules.ts'
import { lookAhead } from './verdict-ahead.ts'

export type DecisionInput = Omit<Evidence, 'drivers' | 'needs' | 'derived'> & {
  plan: Plan
  costs?: readonly StageCost[]
  /** What forecasts say of the thresholds, where there are any. */
  runways?: readonly FleetRunway[]
}
type Decision = Pick<Verdict, 'kind' | 'headline' | 'reasons'> & { target?: Stage | null }
type Optimisation = Plan['optimisations'][number]

/**
 * What to do now, from the plan's rules on the present evidence. In this order: a critical limit that fired means fix now;
 * up triggers or stated capacities that fired mean a move, or optimising first where unapplied optimisations help with each
 * of them; a warning limit that fired means optimising where something helps; down triggers alone mean a downgrade; where
 * no rule on a metric has any data the present cannot be judged; otherwise stay, until a forecast says that an up trigger
 * will fire (see lookAhead).
 */
export function decide(input: DecisionInput): Verdict {
  const { plan, now } = input
  const index = presentIndex(plan)
  const stage = plan.stages[index] as Stage
  const derived = derivedOf(plan, stage, input.costs)
  const rules = judgeRules(plan, { ...input, drivers: plan.drivers, needs: plan.needs, derived })
  const helpful = (fired: readonly JudgedRule[]): Optimisation[] =>
    plan.optimisations.filter((one) => !one.applied && fired.some((rule) => helps(one, rule, plan)))
  const today = choose(input, stage, rules, helpful)
  const { target, ...decision } = lookAhead(today, plan, stage, input.runways ?? [], now)
  const judgements = rules.map((rule) => rule.judgement)
  const troubled = rules.filter((rule) => isFired(rule) && rule.judgement.severity !== 'info')
  return {
    ...decision,
    // A limit and a trigger on the same metric say the same of it.
    reasons: [...new Set([...decision.reasons, ...unmetWords(plan, stage, rules)])],
    at: now,
    stage: { id: stage.id, name: stage.name, index, of: plan.stages.length },
    target: target ? { id: target.id, name: target.name } : null,
    readAt: newestReading(rules),
    judgements: judgements.map(mostTelling),
    optimisations: helpful(troubled).map(({ id, name, cost, effect, how, playbook }) => ({
      id,
      name,
      cost,
      effect,
      how,
      playbook: playbook ?? null,
    })),
    unknown: [...new Set(judgements.filter((one) => one.state === 'unknown').map((one) => `${one.name}: ${one.why}`))],
  }
}

/** So many series of a rule are handed on: a rule on a large fleet looks at thousands. */
const SERIES_TOLD = 20

function mostTelling(judgement: Judgement): Judgement {
  const left = judgement.series.length - SERIES_TOLD
  return left <= 0 ? judgement : { ...judgement, series: judgement.series.slice(0, SERIES_TOLD), seriesLeft: left }
}

/**
 * When the newest value was read that a rule on a metric looked at; null where there never was one. Where some rules have only
 * readings too old to tell of now, it is the newest of those: what is fresh elsewhere does not make them younger.
 */
function newestReading(rules: readonly JudgedRule[]): number | null {
  const old = rules.filter(
    ({ judgement, seen }) => judgement.state === 'unknown' && !seen && judgement.series.length > 0,
  )
  const times = (old.length > 0 ? old : rules).flatMap(({ judgement }) =>
    judgement.series.flatMap(({ observedAt }) => observedAt ?? []),
  )
  return times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b))
}

const isFired = (rule: JudgedRule): boolean => rule.judgement.state === 'fired'

function choose(
  input: DecisionInput,
  stage: Stage,
  rules: readonly JudgedRule[],
  helpful: (fired: readonly JudgedRule[]) => Optimisation[],
): Decision {
  const fired = (origins: Judgement['origin'][], pick: (judgement: Judgement) => boolean): JudgedRule[] =>
    rules.filter((rule) => isFired(rule) && origins.includes(rule.judgement.origin) && pick(rule.judgement))
  const critical = fired(['limit'], (one) => one.severity === 'critical')
  const warnings = fired(['limit'], (one) => one.severity === 'warning')
  const ups = fired(['trigger', 'capacity'], (one) => one.direction === 'up')
  const downs = fired(['trigger'], (one) => one.direction === 'down')

  if (critical.length > 0) return fixNow(critical)
  if (ups.length > 0) {
    const unhelped = ups.filter((rule) => helpful([rule]).length === 0)
    const move = moveUp(input, stage, unhelped.length > 0 ? unhelped : ups, ups, rules)
    return unhelped.length > 0 ? move : optimise(ups, helpful(ups), move)
  }
  const help = helpful(warnings)
  if (help.length > 0) return optimise(warnings, help, null)
  const blind = cannotJudge(rules, input.now)
  if (blind) return blind
  if (downs.length > 0 && warnings.length === 0) return downgrade(input, stage, downs)
  return stay(stage, warnings, rules)
}

function fixNow(critical: readonly JudgedRule[]): Decision {
  const facts = critical.map(limitFact)
  const more =
    critical.length > 1 ? ` ${critical.length - 1} more critical ${plural(critical.length - 1, 'limit')}.` : ''
  return {
    kind: 'fix-now',
    headline: `Fix now: ${facts[0]}${more}`,
    reasons: critical.flatMap((rule, at) => [
      facts[at] as string,
      ...(rule.judgement.action ? [`${rule.judgement.name}: ${sentence(rule.judgement.action)}`] : []),
    ]),
  }
}

/** Towards the furthest stage that a fired rule names; a rule without one (no stage above) leads nowhere. */
function moveUp(
  input: DecisionInput,
  stage: Stage,
  deciding: readonly JudgedRule[],
  ups: readonly JudgedRule[],
  rules: readonly JudgedRule[],
): Decision {
  const { plan, costs } = input
  const order = (rule: JudgedRule): number => plan.stages.findIndex((one) => one.id === rule.judgement.toStage)
  const furthest = deciding.reduce((best, rule) => (order(rule) > order(best) ? rule : best))
  const target = plan.stages[order(furthest)] ?? null
  const why = sentence(furthest.judgement.why)
  const reasons = ups.map((rule) => `${rule.judgement.name}: ${sentence(rule.judgement.why)}`)
  if (!target) {
    return {
      kind: 'stay',
      headline: `${stage.name} is outgrown and the plan has no stage above it: ${why}`,
      reasons: [...reasons, 'Add a stage to the plan, or widen this one.'],
    }
  }
  const against = plan.guardRails.filter(
    (rail) =>
      rail.against.includes(target.id) &&
      (!rail.when ||
        rules.some((rule) => rule.judgement.origin === 'guard-rail' && rule.judgement.id === rail.id && isFired(rule))),
  )
  const argued =
    against.length > 0
      ? ` ${against.length} guard ${plural(against.length, 'rail')} of the plan ${against.length === 1 ? 'argues' : 'argue'} against it.`
      : ''
  return {
    kind: 'move',
    headline: `Move to ${target.name}: ${why}${argued}`,
    reasons: [
      ...reasons,
      ...availabilityWords(plan, target, ups),
      ...costWords(costs, stage, target),
      ...against.map((rail) => `Against it: ${sentence(rail.text)}`),
    ],
    target,
  }
}

function optimise(fired: readonly JudgedRule[], help: readonly Optimisation[], next: Decision | null): Decision {
  const seen = fired.map((rule) => (rule.judgement.origin === 'limit' ? limitFact(rule) : sentence(rule.judgement.why)))
  const after = next?.target ? [`If that is not enough: move to ${next.target.name}.`] : []
  return {
    kind: 'optimise',
    headline: `Optimise first: ${seen[0]} ${help.length} ${plural(help.length, 'change')} can help without a move.`,
    reasons: [...seen, ...help.map((one) => `${one.name} (${one.cost}): ${sentence(one.effect)}`), ...after],
    target: next?.target ?? null,
  }
}

function downgrade(input: DecisionInput, stage: Stage, downs: readonly JudgedRule[]): Decision {
  const { plan, costs } = input
  const target = plan.stages.find((one) => downs.some((rule) => rule.judgement.toStage === one.id)) ?? null
  const first = downs[0] as JudgedRule
  const towards = target && target.id !== stage.id ? `Downgrade to ${target.name}` : 'Downgrade'
  return {
    kind: 'downgrade',
    headline: `${towards}: ${sentence(first.judgement.why)}`,
    reasons: [
      ...downs.map((rule) => `${rule.judgement.name}: ${sentence(rule.judgement.why)}`),
      ...downs.flatMap((rule) => (rule.judgement.action ? [sentence(rule.judgement.action)] : [])),
      ...(target ? costWords(costs, stage, target) : []),
    ],
    target,
  }
}

/** Null unless the stage has rules on metrics and none of them saw a single value of now. */
function cannotJudge(rules: readonly JudgedRule[], now: number): Decision | null {
  const measured = rules.filter(
    ({ judgement, looksAt }) => looksAt.metrics.length > 0 && judgement.origin !== 'guard-rail',
  )
  if (measured.length === 0 || measured.some((rule) => rule.seen)) return null
  const metrics = [...new Set(measured.flatMap((rule) => rule.looksAt.metrics))]
  const words = [...new Set(metrics.map(metricWords))]
  const shown = words.slice(0, 3)
  const more = words.length - shown.length
  const readAt = newestReading(measured)
  const missing = listWords(more > 0 ? [...shown, `${more} more`] : shown)
  return {
    kind: 'cannot-judge',
    headline:
      readAt === null
        ? `Cannot be judged: no data for ${missing}.`
        : `Cannot be judged: the newest reading is ${formatHeld(now - readAt)} old; nothing newer for ${missing}.`,
    reasons: [
      ...new Set(measured.map((rule) => `${rule.judgement.name}: ${sentence(rule.judgement.why)}`)),
      'Add a server, or check that yours can be reached.',
    ],
  }
}

function stay(stage: Stage, warnings: readonly JudgedRule[], rules: readonly JudgedRule[]): Decision {
  if (warnings.length > 0) {
    const facts = warnings.map(limitFact)
    return {
      kind: 'stay',
      headline: `Stay on ${stage.name}, and watch: ${facts[0]}`,
      reasons: warnings.flatMap((rule, at) => [
        facts[at] as string,
        ...(rule.judgement.action ? [`${rule.judgement.name}: ${sentence(rule.judgement.action)}`] : []),
      ]),
    }
  }
  const near = nearest(rules)
  const pending = rules
    .filter(({ judgement }) => judgement.state === 'pending' && judgement.direction !== 'down')
    .map(({ judgement }) => `Not yet: ${sentence(judgement.why)}`)
  const blind = rules.some(({ judgement, looksAt }) => judgement.state === 'unknown' && looksAt.metrics.length > 0)
  const none = blind ? 'No limit or trigger that can be judged holds.' : 'No limit or trigger holds.'
  const words = near ? `Nearest to its limit: ${limitFact(near)}` : none
  return { kind: 'stay', headline: `Stay on ${stage.name}. ${pending[0] ?? words}`, reasons: [...pending, words] }
}

/** The clear limit whose value is the largest share of it. */
function nearest(rules: readonly JudgedRule[]): JudgedRule | null {
  let best: JudgedRule | null = null
  const share = ({ judgement }: JudgedRule): number => (judgement.observed ?? 0) / (judgement.threshold ?? 1)
  for (const rule of rules) {
    const { origin, op, state, observed, threshold } = rule.judgement
    if (origin !== 'limit' || observed === null || !threshold || state !== 'clear') continue
    if (op !== '>' && op !== '>=') continue
    if (!best || share(rule) > share(best)) best = rule
  }
  return best
}

/** "Memory on vps1 is 91% for 12 min; the critical limit is 90%." */
function limitFact({ judgement, fact }: JudgedRule): string {
  const limit = formatQuantity(judgement.threshold ?? 0, (judgement.unit ?? 'count') as QuantityUnit)
  return `${fact}; the ${judgement.severity} limit is ${limit}.`
}

/** An optimisation helps a rule when it names one of the rule's metrics, or a resource that such a metric measures. */
function helps(one: Optimisation, rule: JudgedRule, plan: Plan): boolean {
  const names = new Set(rule.looksAt.metrics)
  for (const demand of plan.demand) if (demand.metric && names.has(demand.metric)) names.add(demand.resource)
  return one.helps.some((name) => names.has(name))
}

function costWords(costs: readonly StageCost[] | undefined, from: Stage, to: Stage): string[] {
  const [now, then] = [pricedCost(costs, from.id), pricedCost(costs, to.id)]
  if (!now || !then || from.id === to.id) return []
  const words = (cost: StageCost): string => {
    const low = formatMoney({ minor: cost.perMonthMinor, currency: cost.currency })
    const high = formatMoney({ minor: cost.maxPerMonthMinor, currency: cost.currency })
    return low === high ? low : `${low} to ${high}`
  }
  return [`${to.name} costs ${words(then)} a month; ${from.name} costs ${words(now)}.`]
}

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`)
const sentence = (text: string): string => {
  const upper = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(upper) ? upper : `${upper}.`
}
const listWords = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
