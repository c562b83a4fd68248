import type { Plan } from '../model/plan.ts'
import type { Stage } from '../model/stage.ts'

/**
 * When the work that reaches each stage can begin, is done, and has to begin at the latest.
 *
 * Every time is in months from the roadmap's beginning, which is 0; fractions are allowed. The method is the critical path
 * method (Kelley and Walker, 1959) with a shortest and a longest duration of each stage: a forward pass gives the earliest
 * times, a backward pass from the last end gives the float. A second backward pass, from the months in which triggers
 * fire, gives the latest start at which the stage is still ready in time.
 */
export interface Roadmap {
  /** In the plan's order. */
  stages: RoadmapStage[]
  /** When all work is done, by the longest durations. */
  end: number
  /** Ids of stages that wait for each other, which no schedule can hold; the links that close the circle were left out. */
  circle: string[]
}

export interface RoadmapStage {
  id: string
  /** Past: behind the operator. Present: held now. Ahead: to be reached. */
  place: 'past' | 'present' | 'ahead'
  /** Nothing of its work is left. */
  done: boolean
  duration: { min: number; max: number; from: 'stated' | 'tasks' | 'nothing' }
  /** Its beginning and end if everything goes as quickly as stated, */
  soonest: { start: number; end: number }
  /** and if everything takes as long as stated; what comes after is drawn from here. */
  planned: { start: number; end: number }
  /** The stages it waits for, without those that are done. */
  waitsFor: string[]
  /** A day more here is a day more for the whole roadmap. */
  critical: boolean
  /** How long it may slip before the whole roadmap ends later. */
  float: number
  /** The trigger that leads here first, when it is expected. */
  trigger: ExpectedTrigger | null
  /** When work has to begin, at the longest durations, to be ready before that happens: on half of the paths, on 9 of 10. */
  latestStart: { even: number | null; safe: number | null }
  /** `latestStart.safe` less the planned start; below 0 it is too late already. */
  slack: number | null
  /** Until when it is kept at least after it was reached. */
  keptUntil: number | null
  tasks: { index: number; start: number; end: number; dated: boolean; done: boolean }[]
  milestones: string[]
  /** What is decided before this stage: ids, or `text` where a decision has none. */
  decisions: string[]
}

/** When a trigger that leads to a stage fires first, as in a Simulation: null is not within the horizon. */
export interface ExpectedTrigger {
  id: string
  name: string
  to: string | null
  month: { p10: number | null; p50: number | null; p90: number | null }
  firedShare: number
}

export function roadmapOf(plan: Plan, triggers: readonly ExpectedTrigger[] = [], from = 0): Roadmap {
  const present = plan.stages.findIndex((stage) => stage.id === plan.stage)
  const { order, waits, circle } = inOrder(plan.stages)
  const rows = new Map<string, RoadmapStage>()
  for (const stage of order) {
    const at = plan.stages.indexOf(stage)
    const place = at < present ? 'past' : at === present ? 'present' : 'ahead'
    const done = place === 'past' || isDone(plan, stage, place)
    const duration = done ? { ...durationOf(stage), min: 0, max: 0 } : durationOf(stage)
    const before = (waits.get(stage.id) ?? []).map((id) => rows.get(id) as RoadmapStage)
    const soonest = Math.max(from, ...before.map((one) => one.soonest.end))
    const planned = Math.max(from, ...before.map((one) => one.planned.end))
    const trigger = place === 'ahead' && !done ? firstOf(triggers, stage.id) : null
    rows.set(stage.id, {
      id: stage.id,
      place,
      done,
      duration,
      soonest: { start: soonest, end: soonest + duration.min },
      planned: { start: planned, end: planned + duration.max },
      waitsFor: before.filter((one) => !one.done).map((one) => one.id),
      critical: false,
      float: 0,
      trigger,
      latestStart: { even: null, safe: null },
      slack: null,
      keptUntil: !done && stage.minimumMonths ? planned + duration.max + stage.minimumMonths : null,
      tasks: tasksOf(stage, planned, duration.max, done),
      milestones: plan.milestones.filter((one) => one.stage === stage.id).map((one) => one.id),
      decisions: plan.decisionPoints.flatMap((one) =>
        typeof one !== 'string' && one.before === stage.id ? [one.id] : [],
      ),
    })
  }
  const end = Math.max(from, ...[...rows.values()].map((one) => one.planned.end))
  backwards(order, waits, rows, end)
  return { stages: plan.stages.map((stage) => rows.get(stage.id) as RoadmapStage), end, circle }
}

/** From the last stage to the first: what follows says when a stage has to be done. */
function backwards(
  order: readonly Stage[],
  waits: ReadonlyMap<string, string[]>,
  rows: ReadonlyMap<string, RoadmapStage>,
  end: number,
): void {
  const following = new Map<string, RoadmapStage[]>()
  for (const [id, before] of waits)
    for (const one of before) following.set(one, [...(following.get(one) ?? []), rows.get(id) as RoadmapStage])
  const lateStart = new Map<string, number>()
  for (const stage of order.toReversed()) {
    const row = rows.get(stage.id) as RoadmapStage
    const next = following.get(stage.id) ?? []
    const lateEnd = Math.min(end, ...next.map((one) => lateStart.get(one.id) ?? end))
    lateStart.set(stage.id, lateEnd - row.duration.max)
    if (row.done) continue
    row.float = Math.max(0, lateEnd - row.planned.end)
    // Sums of fractions of months differ in their last digits.
    row.critical = row.duration.max > 0 && row.float < 1e-9
    const latest = (by: 'p10' | 'p50', of: 'safe' | 'even') => {
      const ends = [row.trigger?.month[by], ...next.map((one) => one.latestStart[of])]
      const known = ends.filter((one): one is number => one !== null && one !== undefined)
      return known.length === 0 ? null : Math.min(...known) - row.duration.max
    }
    row.latestStart = { safe: latest('p10', 'safe'), even: latest('p50', 'even') }
    row.slack = row.latestStart.safe === null ? null : row.latestStart.safe - row.planned.start
  }
}

/** Stages after those that they wait for, in the plan's order where that leaves a choice. */
function inOrder(stages: readonly Stage[]): { order: Stage[]; waits: Map<string, string[]>; circle: string[] } {
  const ids = new Set(stages.map((stage) => stage.id))
  const waits = new Map(
    stages.map((stage) => [stage.id, [...new Set(stage.after)].filter((id) => ids.has(id) && id !== stage.id)]),
  )
  const circle = stages.filter((stage) => stage.after.includes(stage.id)).map((stage) => stage.id)
  const order: Stage[] = []
  const placed = new Set<string>()
  while (order.length < stages.length) {
    const open = stages.filter((stage) => !placed.has(stage.id))
    const ready = open.filter((stage) => waits.get(stage.id)?.every((id) => placed.has(id)))
    if (ready.length === 0) {
      // What is left waits for a circle; its first stage goes on without what is not placed yet.
      const first = open.find((stage) => reaches(stage.id, stage.id, waits)) as Stage
      circle.push(...open.filter((one) => reaches(one.id, one.id, waits)).map((one) => one.id))
      waits.set(
        first.id,
        (waits.get(first.id) ?? []).filter((id) => placed.has(id)),
      )
      continue
    }
    for (const stage of ready) {
      order.push(stage)
      placed.add(stage.id)
    }
  }
  return { order, waits, circle: [...new Set(circle)] }
}

/** Whether a stage waits for another, at any remove. */
function reaches(from: string, to: string, waits: ReadonlyMap<string, string[]>): boolean {
  const seen = new Set<string>()
  const queue = [...(waits.get(from) ?? [])]
  for (const id of queue) {
    if (id === to) return true
    if (seen.has(id)) continue
    seen.add(id)
    queue.push(...(waits.get(id) ?? []))
  }
  return false
}

/** The stated duration; else as long as the tasks' months say; else none, which is shown as not stated. */
export function durationOf(stage: Stage): RoadmapStage['duration'] {
  if (stage.durationMonths) return { ...stage.durationMonths, from: 'stated' }
  const last = Math.max(0, ...stage.tasks.map((task) => task.months?.max ?? 0))
  return last > 0 ? { min: last, max: last, from: 'tasks' } : { min: 0, max: 0, from: 'nothing' }
}

/**
 * A stage is done when its milestones and tasks all are. One that states neither is done once it is held; one that is
 * still ahead has at least to be moved to.
 */
function isDone(plan: Plan, stage: Stage, place: RoadmapStage['place']): boolean {
  const milestones = plan.milestones.filter((one) => one.stage === stage.id)
  if (milestones.length > 0 && milestones.every((one) => one.done) && place === 'present') return true
  const marks = [...milestones, ...stage.tasks]
  return marks.length === 0 ? place === 'present' : marks.every((one) => one.done === true)
}

/** Tasks that state their months lie there, from the stage's start; the others lie anywhere within it. */
function tasksOf(stage: Stage, start: number, length: number, stageDone: boolean): RoadmapStage['tasks'] {
  return stage.tasks.map((task, index) => {
    const done = stageDone || task.done === true
    if (!task.months || stageDone) return { index, start, end: start + length, dated: false, done }
    return { index, start: start + task.months.min - 1, end: start + task.months.max, dated: true, done }
  })
}

function firstOf(triggers: readonly ExpectedTrigger[], stage: string): ExpectedTrigger | null {
  const never = Number.POSITIVE_INFINITY
  const [first = null] = triggers
    .filter((one) => one.to === stage)
    .sort(
      (a, b) =>
        compare(a.month.p10 ?? never, b.month.p10 ?? never) ||
        compare(a.month.p50 ?? never, b.month.p50 ?? never) ||
        b.firedShare - a.firedShare,
    )
  return first
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)

/**
 * The moment `months` calendar months after `start`, UTC epoch milliseconds; a fraction is that share of the month it
 * falls in. The last day of a month stands for days that a shorter month lacks.
 */
export function dateAfter(start: number, months: number): number {
  const whole = Math.floor(months)
  const at = wholeMonthsAfter(start, whole)
  return at + (months - whole) * (wholeMonthsAfter(start, whole + 1) - at)
}

/** How many months after `start` a moment lies; the inverse of dateAfter. */
export function monthsBetween(start: number, at: number): number {
  const [a, b] = [new Date(start), new Date(at)]
  let whole = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth()
  while (wholeMonthsAfter(start, whole) > at) whole -= 1
  const from = wholeMonthsAfter(start, whole)
  return whole + (at - from) / (wholeMonthsAfter(start, whole + 1) - from)
}

function wholeMonthsAfter(start: number, months: number): number {
  const date = new Date(start)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months]
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  return Date.UTC(year, month, Math.min(date.getUTCDate(), last)) + (start - midnight)
}
