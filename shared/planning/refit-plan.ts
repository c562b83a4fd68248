import * as z from 'zod'
import { type Finding, findingsOf, type PathStep } from '../format/schema-findings.ts'
import { type Plan, PlanSchema } from '../model/plan.ts'

type Fields = Record<string, unknown>
const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Fits an edited plan to its schema, reading only what is not the same object as in the sound plan before it: an edit of
 * one cell costs one row, not the plan. Defaults of new parts are filled in.
 * @returns the plan, or the findings that keep it from being one
 */
export function refitted(before: Plan, after: unknown): { plan: Plan; findings: Finding[] } {
  const findings: Finding[] = []
  const plan = refit(PlanSchema, before, after, [], findings) as Plan
  return { plan, findings }
}

function refit(
  schema: z.ZodType,
  before: unknown,
  after: unknown,
  path: readonly PathStep[],
  findings: Finding[],
): unknown {
  if (after !== undefined && Object.is(before, after)) return after
  if (schema instanceof z.ZodDefault && after !== undefined)
    return refit(schema.unwrap() as z.ZodType, before, after, path, findings)
  if (schema instanceof z.ZodOptional)
    return after === undefined ? after : refit(schema.unwrap() as z.ZodType, before, after, path, findings)
  if (schema instanceof z.ZodObject && isMap(before) && isMap(after)) {
    const shape = schema.shape as Record<string, z.ZodType>
    if (Object.keys(after).some((key) => !Object.hasOwn(shape, key))) return parsed(schema, after, path, findings)
    let result = after
    for (const [key, inner] of Object.entries(shape)) {
      const value = refit(inner, before[key], after[key], [...path, key], findings)
      if (value !== after[key]) result = { ...result, [key]: value }
    }
    return result
  }
  if (schema instanceof z.ZodArray && Array.isArray(before) && Array.isArray(after) && after.length > 0) {
    const sound = new Set<unknown>(before.filter((one) => typeof one === 'object'))
    let result: unknown[] = after
    for (const [at, one] of (after as unknown[]).entries()) {
      if (sound.has(one)) continue
      const value = refit(schema.element as z.ZodType, before[at], one, [...path, at], findings)
      if (value === one) continue
      if (result === after) result = [...after]
      result[at] = value
    }
    return result
  }
  return parsed(schema, after, path, findings)
}

function parsed(schema: z.ZodType, value: unknown, path: readonly PathStep[], findings: Finding[]): unknown {
  const result = schema.safeParse(value)
  if (result.success) return isSame(value, result.data) ? value : result.data
  for (const finding of findingsOf(result.error.issues, schema, value))
    findings.push({ ...finding, path: [...path, ...finding.path] })
  return value
}

/** Whether a value of the schema is what was given, so that the given object can stand. */
function isSame(given: unknown, read: unknown): boolean {
  if (Object.is(given, read)) return true
  if (Array.isArray(given) && Array.isArray(read))
    return given.length === read.length && given.every((one, at) => isSame(one, read[at]))
  if (!isMap(given) || !isMap(read)) return false
  const keys = Object.keys(given)
  return keys.length === Object.keys(read).length && keys.every((key) => isSame(given[key], read[key]))
}
