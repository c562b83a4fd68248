import { DAY_MS, MONTH_MS } from '../format/duration.ts'
import type { Condition } from '../model/condition.ts'
import type { FleetRunway } from '../model/forecast.ts'
import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'
import type { Verdict } from '../model/verdict.ts'

type Decision = Pick<Verdict, 'kind' | 'headline' | 'reasons'> & { target?: Stage | null; by?: number }

/** A move is named before it is urgent: this long before the work on the next stage has to begin. */
const NOTICE_MS = 30 * DAY_MS
/** How long a move takes where its stage does not say. */
const USUAL_MONTHS = 1

/**
 * What forecasts add to a stage that holds today. An up-trigger that is forecast to fire asks for the move by the date its
 * series reaches it at the earliest, the near edge of the band: it is a move now when the work has to begin within the
 * notice, else a stay that names the date. A limit that is forecast to be reached is one more reason.
 */
export function lookAhead(
  decision: Decision,
  plan: Plan,
  stage: Stage,
  runways: readonly FleetRunway[],
  now: number,
): Decision {
  if (decision.kind !== 'stay') return decision
  const dated = runways.filter(
    (one) => one.runway?.kind === 'dated' && one.runway.at !== null && one.runway.earliest >= now,
  )
  const earliestOf = (one: FleetRunway): number => (one.runway?.kind === 'dated' ? one.runway.earliest : Number.NaN)
  const limits = nearest(dated.filter((one) => one.origin !== 'trigger').map((one) => one.words))
  const moves = dated
    .filter((one) => one.origin === 'trigger' && firesAlone(plan, stage, one))
    .sort((a, b) => earliestOf(a) - earliestOf(b))
  const first = moves[0]
  const target = plan.stages.find((one) => one.id === first?.toStage)
  if (!first || !target) return { ...decision, reasons: [...decision.reasons, ...limits] }
  const by = earliestOf(first)
  const lead = (target.durationMonths?.max ?? target.durationMonths?.min ?? USUAL_MONTHS) * MONTH_MS
  const reasons = [...nearest(moves.map((one) => `${one.name}: ${one.words}`)), ...limits, ...decision.reasons]
  const date = dateWords(by)
  if (by - lead - NOTICE_MS <= now)
    return { kind: 'move', headline: `Move to ${target.name} by ${date}: ${first.words}`, reasons, target, by }
  const headline = `Stay on ${stage.name}, and move to ${target.name} by ${date}: ${first.words}`
  return { kind: 'stay', headline, reasons, target, by }
}

/** So many forecasts are reasons each; of a large fleet hundreds would be. */
const REASONS_MOST = 5

/** The first of what is in order of time, and how many more there are. */
function nearest(words: readonly string[]): string[] {
  const left = words.length - REASONS_MOST
  return left <= 0 ? [...words] : [...words.slice(0, REASONS_MOST), `${left} more are forecast after that.`]
}

/** Whether this metric alone fires the trigger, as opposed to one part of several that must all hold. */
function firesAlone(plan: Plan, stage: Stage, one: FleetRunway): boolean {
  const trigger = stage.triggers.find((trigger) => trigger.id === one.id)
  const fires = (condition: Condition): boolean => {
    if ('any' in condition) return condition.any.some(fires)
    if ('all' in condition) return condition.all.length === 1 && condition.all.every(fires)
    if (!('metric' in condition) || condition.across === 'all') return false
    return condition.metric === one.metric && condition.value === one.threshold && condition.op === one.op
  }
  return plan.stages.includes(stage) && trigger !== undefined && fires(trigger.when)
}

/** "24 Feb 2027", of UTC. */
export function dateWords(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    at,
  )
}
