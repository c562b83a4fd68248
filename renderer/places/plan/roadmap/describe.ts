import type { TFunction } from 'i18next'
import { formatLocale } from '../../../../shared/format/locale.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { dateAfter, type RoadmapStage } from '../../../../shared/planning/roadmap.ts'
import { locale as spoken } from '../../../app/words/locale.ts'

export type RoadmapWords = TFunction<'roadmap'>

/** A day in the user's own way of writing it. Times of the roadmap are days in UTC. */
export function dayText(start: number, months: number, locale = spoken()): string {
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    dateAfter(start, months),
  )
}

/** "2027-03-21" */
export const isoDay = (start: number, months: number): string =>
  new Date(dateAfter(start, months)).toISOString().slice(0, 10)

/** A trigger is known to the month only. */
export function monthText(start: number, months: number, locale = spoken()): string {
  return new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    dateAfter(start, months),
  )
}

const numberText = (value: number): string =>
  new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 1 }).format(value)

export function monthsText(span: { min: number; max: number }, t: RoadmapWords): string {
  const [low, high] = [numberText(span.min), numberText(span.max)]
  if (low !== high) return t('span', { span: t('range', { low, high }) })
  return low === '1' ? t('spanOne') : t('span', { span: low })
}

export function durationText(row: RoadmapStage, t: RoadmapWords): string {
  if (row.duration.from === 'nothing') return t('notStated')
  const span = monthsText(row.duration, t)
  return row.duration.from === 'tasks' ? t('fromTasks', { span }) : span
}

/** What is said of a stage's row: in two lines beside the bar, and whole for those who do not see the bar. */
export function factsOf(
  plan: Plan,
  start: number,
  horizon: number,
  known: boolean,
  t: RoadmapWords,
): (row: RoadmapStage) => { duration: string; begin: string; late: boolean; spoken: string; whisker: string } {
  const names = new Map(plan.stages.map((stage) => [stage.id, stage.name]))
  const years = horizon / 12
  return (row) => {
    if (row.done) {
      const place = t(row.place === 'past' ? 'behind' : row.place === 'present' ? 'here' : 'done')
      return { duration: place, begin: '', late: false, spoken: place, whisker: '' }
    }
    const late = row.slack !== null && row.slack < 0
    const safe = row.latestStart.safe
    const begin =
      safe === null
        ? row.place === 'present'
          ? t('here')
          : known
            ? t('noTrigger', { years })
            : ''
        : row.duration.from === 'nothing' && safe > 0
          ? t('readyBy', { date: dayText(start, safe) })
          : safe <= -1
            ? t('beginLate', { date: monthText(start, safe) })
            : safe <= 0
              ? t('beginNow')
              : t('beginBy', { date: dayText(start, safe) })
    const duration = durationText(row, t)
    const whisker = whiskerText(row, start, years, t)
    const ready = t('readyRange', { from: dayText(start, row.soonest.end), to: dayText(start, row.planned.end) })
    const spoken = [
      duration,
      row.soonest.end === row.planned.end ? t('ready', { date: dayText(start, row.planned.end) }) : ready,
      row.waitsFor.length > 0 ? t('waits', { names: row.waitsFor.map((id) => names.get(id) ?? id).join(', ') }) : '',
      row.critical ? t('critical') : '',
      row.keptUntil === null ? '' : t('kept', { date: dayText(start, row.keptUntil) }),
      begin,
      whisker,
    ]
    return { duration, begin, late, spoken: spoken.filter((part) => part !== '').join('; '), whisker }
  }
}

function whiskerText(row: RoadmapStage, start: number, years: number, t: RoadmapWords): string {
  if (!row.trigger || row.trigger.month.p10 === null) return ''
  const { p10, p50, p90 } = row.trigger.month
  const text = (month: number) => monthText(start, month)
  const when =
    p50 === null
      ? t('whiskerSome', { p10: text(p10), years })
      : p90 === null
        ? t('whiskerHalf', { p10: text(p10), p50: text(p50), years })
        : t('whiskerAll', { p10: text(p10), p50: text(p50), p90: text(p90) })
  return t('whisker', { name: row.trigger.name, when })
}
