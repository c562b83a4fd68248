import type { Plan } from '../../../../shared/model/plan.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import type { Roadmap, RoadmapStage } from '../../../../shared/planning/roadmap.ts'

/** What the roadmap draws in one line. */
export type Row = { top: number; height: number; stage: Stage; of: RoadmapStage } & (
  | { kind: 'stage'; expandable: boolean; expanded: boolean }
  | { kind: 'decision'; at: number; id: string; text: string }
  | { kind: 'task'; task: RoadmapStage['tasks'][number]; when: string; text: string }
  | { kind: 'milestone'; at: number; id: string; text: string; done: boolean }
)

const STAGE_HEIGHT = 62
const PAST_HEIGHT = 40
const PART_HEIGHT = 22

/** The lines from top to bottom: each stage, and where it is open its decisions, its steps and its milestones. */
export function rowsOf(
  plan: Plan,
  roadmap: Roadmap,
  expanded: (stage: RoadmapStage) => boolean,
): { rows: Row[]; height: number } {
  const rows: Row[] = []
  let top = 0
  const put = (row: Row) => {
    rows.push(row)
    top += row.height
  }
  for (const [index, of] of roadmap.stages.entries()) {
    const stage = plan.stages[index] as Stage
    const parts = of.decisions.length + of.tasks.length + of.milestones.length
    const open = parts > 0 && expanded(of)
    const height = of.done ? PAST_HEIGHT : STAGE_HEIGHT
    put({ kind: 'stage', top, height, stage, of, expandable: parts > 0, expanded: open })
    if (!open) continue
    const part = { height: PART_HEIGHT, stage, of }
    for (const id of of.decisions) {
      const text = plan.decisionPoints.find((one) => typeof one !== 'string' && one.id === id)
      put({ ...part, kind: 'decision', top, at: of.planned.start, id, text: typeof text === 'object' ? text.text : id })
    }
    for (const task of of.tasks) {
      const { when = '', what = '' } = stage.tasks[task.index] ?? {}
      put({ ...part, kind: 'task', top, task, when, text: what })
    }
    for (const id of of.milestones) {
      const { name = id, done = false } = plan.milestones.find((one) => one.id === id) ?? {}
      put({ ...part, kind: 'milestone', top, at: of.planned.end, id, text: name, done })
    }
    top += 6
  }
  return { rows, height: top }
}

/** What part of the years is drawn, in months from today: all work, and the triggers as far as they say when. */
export function spanOf(roadmap: Roadmap, horizon: number): { from: number; to: number } {
  let to = Math.max(roadmap.end, 5)
  let from = 0
  for (const { trigger, latestStart, keptUntil, done } of roadmap.stages) {
    if (done) continue
    for (const month of [trigger?.month.p10, trigger?.month.p50, trigger?.month.p90, keptUntil])
      if (month !== null && month !== undefined) to = Math.max(to, Math.min(month, horizon))
    if (latestStart.safe !== null) from = Math.min(from, Math.max(latestStart.safe, -3))
  }
  return { from, to: to + Math.max(1, to * 0.06) }
}

/** A duration one end of which was moved: in halves of a month, never below nothing nor turned. One not stated yet gets both. */
export function dragged(
  duration: { min: number; max: number; from: RoadmapStage['duration']['from'] },
  end: 'min' | 'max',
  months: number,
): { min: number; max: number } {
  const snapped = Math.max(0, Math.round(months * 2) / 2)
  if (duration.from === 'nothing') return { min: snapped, max: snapped }
  return end === 'min'
    ? { min: snapped, max: Math.max(duration.max, snapped) }
    : { min: Math.min(duration.min, snapped), max: snapped }
}

/** A text that fits into a width, by the mean width of a character. */
export function fitted(text: string, width: number, character = 6.1): string {
  const most = Math.floor(width / character)
  if (text.length <= most) return text
  return most < 4 ? '' : `${text.slice(0, most - 1).trimEnd()}…`
}
