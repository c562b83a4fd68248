/**
 * Later values: what a step prints while the run goes on, used by steps after it. When a playbook is planned they are not
 * known, so commands are built with a mark in their place, in the plan and in the run alike. What was approved and what
 * is about to be sent are compared with their marks; then the values go where the marks are, quoted for their place.
 *
 * A mark is the name between two NUL characters, which no parameter and no command can hold, so that no value can be
 * taken for one. In shell text marks always stand within single quotes (`quoted`).
 */
const MARK = '\0'
const PLAIN = 'p'
const QUOTED = 'q'
const MARKS = /\0([pq])([a-z0-9._-]+)\0/g

/** The mark of a later value in a text that is quoted as a whole, if at all. */
export const laterMark = (name: string): string => `${MARK}${PLAIN}${name}${MARK}`

/** The text for single quotes of shell text: its marks say so. */
export const quotedMarks = (text: string): string => text.replace(MARKS, `${MARK}${QUOTED}$2${MARK}`)

export const withoutMarks = (text: string): string => text.replace(MARKS, '')

export const hasLater = (text: string): boolean => text.includes(MARK)

/** The text as people see it: ‹steps.ID.NAME› for each mark. */
export const shownLater = (text: string): string => text.replace(MARKS, '‹$2›')

/** The text with each mark replaced by its value; within single quotes of shell text the value's own are escaped. */
export function fillLater(text: string, find: (name: string) => string): string {
  return text.replace(MARKS, (_mark, place: string, name: string) => {
    const value = find(name)
    return place === QUOTED ? value.replaceAll("'", `'\\''`) : value
  })
}
