import { nearest } from '../format/nearest.ts'
import type { PathStep } from '../format/schema-findings.ts'
import type { Condition } from '../model/condition.ts'

export type Path = readonly PathStep[]

/** What the check of a whole plan lends to the checks of its parts. */
export interface CheckTools {
  say(path: Path, message: string, at?: 'value' | 'key'): void
  /** Says that a name refers to nothing, with the nearest one there is. */
  known(path: Path, kind: string, name: string, list: readonly string[]): void
  condition(condition: Condition, path: Path): void
}

export function unique<T>(
  list: readonly T[],
  nameOf: (one: T) => string,
  path: Path,
  key: string,
  say: CheckTools['say'],
): void {
  const seen = new Set<string>()
  for (const [index, one] of list.entries()) {
    const name = nameOf(one)
    if (seen.has(name)) say([...path, index, key], `"${name}" is there twice`)
    seen.add(name)
  }
}

export function unknown(kind: string, name: string, list: readonly string[]): string {
  const near = nearest(name, list)
  if (near) return `unknown ${kind} "${name}"; did you mean "${near}"?`
  const some = list.length > 12 ? '' : list.length === 0 ? '; there is none' : `; known: ${list.join(', ')}`
  return `unknown ${kind} "${name}"${some}`
}

/** A range of numbers from `min` to `max`, neither below 0. */
export function checkRange(
  range: { min: number; max: number | null } | undefined,
  path: Path,
  say: CheckTools['say'],
): void {
  if (!range) return
  if (range.min < 0) say([...path, 'min'], 'is below 0')
  if (range.max !== null && range.min > range.max) say([...path, 'max'], `is less than min (${range.min})`)
}
