import { formatLocale } from '../../../shared/format/locale.ts'
import type { Simulation } from '../../../shared/model/scenario.ts'
import { locale as spoken } from '../../app/words/locale.ts'

/** The calendar month `index` months after the one `now` lies in, in the user's locale: "Jul 2027". */
export function monthName(now: number, index: number, locale = spoken()): string {
  const date = new Date(now)
  return new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric' }).format(
    new Date(date.getFullYear(), date.getMonth() + index, 1),
  )
}

/** "12,500", "1.2M", "5.97E57": whole numbers up to a million, three figures beyond, powers of ten past what has a name. */
export function countText(value: number, locale = formatLocale()): string {
  return value < 1e6
    ? new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
    : new Intl.NumberFormat(locale, {
        notation: value < 1e15 ? 'compact' : 'scientific',
        maximumSignificantDigits: 3,
      }).format(value)
}

/** The trigger that fires first in the middle path; ties go to the one that fires in more paths. Null when none does. */
export function firstTrigger(simulation: Simulation): Simulation['triggers'][number] | null {
  return sortedTriggers(simulation.triggers).find((trigger) => trigger.month.p50 !== null) ?? null
}

/** By the middle month, those that fire in few paths last. */
export function sortedTriggers(triggers: Simulation['triggers']): Simulation['triggers'] {
  const month = (value: number | null) => value ?? Number.POSITIVE_INFINITY
  return [...triggers].sort(
    (a, b) =>
      compare(month(a.month.p50), month(b.month.p50)) ||
      compare(month(a.month.p10), month(b.month.p10)) ||
      b.firedShare - a.firedShare,
  )
}

const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1)

/** The resource whose middle path passes 100% first, and the month; null when none does. */
export function firstFull(simulation: Simulation): { name: string; month: number } | null {
  let first: { name: string; month: number } | null = null
  for (const { name, band } of simulation.utilisation) {
    const month = band.p50.findIndex((value) => value > 1)
    if (month >= 0 && (first === null || month < first.month)) first = { name, month }
  }
  return first
}

/** The months in which a trigger leads to another stage in the middle path; several in one month share a mark. */
export function moveMarks(
  simulation: Simulation,
  words: { to: (stage: string) => string; several: (first: string, count: number) => string },
): { at: number; label: string }[] {
  const names = new Map(simulation.stageShare.map((stage) => [stage.stage, stage.name]))
  const byMonth = new Map<number, Set<string>>()
  const marked = new Set<string>()
  // The first trigger that leads to a stage marks it; a second mark beside it says nothing new.
  for (const trigger of sortedTriggers(simulation.triggers)) {
    if (trigger.month.p50 === null || trigger.to === null || marked.has(trigger.to)) continue
    marked.add(trigger.to)
    const month = Math.round(trigger.month.p50)
    const stages = byMonth.get(month) ?? new Set<string>()
    stages.add(names.get(trigger.to) ?? trigger.to)
    byMonth.set(month, stages)
  }
  return [...byMonth]
    .sort(([a], [b]) => a - b)
    .map(([at, stages]) => {
      const [first = '', ...others] = stages
      return { at, label: others.length === 0 ? words.to(first) : words.several(words.to(first), others.length) }
    })
}

/** The months in which most paths begin to hold another stage than the month before. */
export function heldMarks(
  simulation: Simulation,
  words: { to: (stage: string) => string },
): { at: number; label: string }[] {
  const fullest = (month: number) =>
    simulation.stageShare.reduce<Simulation['stageShare'][number] | null>(
      (most, stage) => ((stage.share[month] ?? 0) > (most?.share[month] ?? 0) ? stage : most),
      null,
    )
  const marks: { at: number; label: string }[] = []
  for (let month = 1; month < simulation.months; month += 1) {
    const held = fullest(month)
    if (held && held.stage !== fullest(month - 1)?.stage) marks.push({ at: month, label: words.to(held.name) })
  }
  return marks
}
