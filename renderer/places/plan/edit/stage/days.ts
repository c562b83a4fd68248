import type { Autoscaler } from '../../../../../shared/model/autoscaler.ts'

export type Day = NonNullable<Autoscaler['schedule']>[number]['days'][number]
const DAYS: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Days of the week as text: runs of three and more with a hyphen, "mon-fri, sun". All seven are `everyDay`. */
export function daysText(days: readonly Day[], everyDay: string): string {
  const chosen = DAYS.filter((day) => days.includes(day))
  if (chosen.length === DAYS.length) return everyDay
  const runs: Day[][] = []
  for (const day of chosen) {
    const run = runs.at(-1)
    if (run && DAYS.indexOf(run.at(-1) as Day) === DAYS.indexOf(day) - 1) run.push(day)
    else runs.push([day])
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join(', '))).join(', ')
}

/** Days as people write them: "mon-fri", "Monday, Wednesday", "sat sun", "fri-mon", "every day". Null when it is none of it. */
export function readDays(text: string, everyDay: string): Day[] | null {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/\s*[-–]\s*/g, '-')
  if (plain === everyDay.toLowerCase() || plain === 'daily' || plain === 'all') return [...DAYS]
  const found = new Set<Day>()
  for (const part of plain.split(/[\s,;]+/)) {
    if (part === '') continue
    const ends = part.split('-').map(dayOf)
    const [from, to = from] = ends
    if (ends.length > 2 || from === undefined || to === undefined || from < 0 || to < 0) return null
    for (let at = from; ; at = (at + 1) % DAYS.length) {
      found.add(DAYS[at] as Day)
      if (at === to) break
    }
  }
  return found.size === 0 ? null : DAYS.filter((day) => found.has(day))
}

/** The index of a day by its name or its first two or more letters; -1 for none. */
const dayOf = (word: string): number =>
  word.length < 2
    ? -1
    : ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].findIndex((day) =>
        day.startsWith(word),
      )
